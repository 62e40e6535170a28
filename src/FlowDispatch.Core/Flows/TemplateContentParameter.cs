namespace FlowDispatch.Flows;

/// <summary>One value of a provider's template.</summary>
/// <param name="Name">Its name; null where parameters are numbered by their order.</param>
/// <param name="Text">Liquid over the run's variables.</param>
public sealed record TemplateContentParameter(string? Name, string Text);
