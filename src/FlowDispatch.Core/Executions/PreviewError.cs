namespace FlowDispatch.Executions;

/// <summary>A message of a preview that could not be rendered.</summary>
/// <param name="Node">The flow's node; null for the window policy's opening.</param>
/// <param name="Message">Why, with the place in the template.</param>
public sealed record PreviewError(string? Node, string Message);
