namespace FlowDispatch.Sending;

/// <summary>One value of a provider's template.</summary>
/// <param name="Name">Its name where the template's parameters are named; null where they are numbered by their order.</param>
/// <param name="Value">The text.</param>
public sealed record TemplateParameter(string? Name, string Value);
