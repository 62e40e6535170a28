namespace FlowDispatch.Executions;

/// <summary>For how many people of a preview a message could not be rendered.</summary>
/// <param name="Node">The flow's node; null for the window policy's opening.</param>
/// <param name="Message">Why, with the place in the template.</param>
/// <param name="Count">So many people.</param>
public sealed record PreviewErrorCount(string? Node, string Message, int Count);
