namespace FlowDispatch.Templating;

/// <summary>A path that a template reads, and where.</summary>
/// <param name="Path">As written: <c>contact.name</c>, <c>row["Nome do cliente"]</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 characters.</param>
public sealed record TemplateReference(string Path, int Line, int Column)
{
    /// <summary>The path's first name: <c>contact</c> of <c>contact.name</c>.</summary>
    public string Root => Path.IndexOfAny(['.', '[']) is var end and >= 0 ? Path[..end] : Path;

    /// <summary>The constant name that follows the root: <c>name</c> of <c>contact.name</c>; null when none does.</summary>
    public string? Field { get; init; }
}
