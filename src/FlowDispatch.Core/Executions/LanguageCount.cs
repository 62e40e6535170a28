namespace FlowDispatch.Executions;

/// <summary>How many people of a preview would be written to in a language.</summary>
/// <param name="Language">The translation's tag; null for the text that stands without one.</param>
/// <param name="Count">So many people.</param>
public sealed record LanguageCount(string? Language, int Count);
