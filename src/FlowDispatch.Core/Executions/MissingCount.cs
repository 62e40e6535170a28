namespace FlowDispatch.Executions;

/// <summary>How many people of a preview have nothing where a variable wants a value.</summary>
/// <param name="Path">The whole path, as a template has it: <c>contact.custom_fields.points</c>.</param>
/// <param name="Count">So many people.</param>
public sealed record MissingCount(string Path, int Count);
