namespace FlowDispatch.Templating;

/// <summary>A path that a template reads, and where.</summary>
/// <param name="Path">As written: <c>contact.name</c>, <c>row["Nome do cliente"]</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 characters.</param>
public sealed record TemplateReference(string Path, int Line, int Column)
{
    /// <summary>The path's first name: <c>contact</c> of <c>contact.name</c>.</summary>
    public string Root => Path.IndexOfAny(['.', '[']) is var end and >= 0 ? Path[..end] : Path;

    /// <summary>The constant names that follow the root, as far as they are: <c>custom_fields</c> and <c>points</c> of <c>contact.custom_fields.points[i]</c>.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The first of <see cref="Fields"/>: <c>name</c> of <c>contact.name</c>; null when none follows.</summary>
    public string? Field => Fields.Count > 0 ? Fields[0] : null;
}
