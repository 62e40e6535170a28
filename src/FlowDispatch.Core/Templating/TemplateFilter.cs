namespace FlowDispatch.Templating;

/// <summary>A filter that a template uses, and where.</summary>
/// <param name="Name">Its name: <c>capitalize</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 characters.</param>
public sealed record TemplateFilter(string Name, int Line, int Column);
