namespace FlowDispatch.Flows;

/// <summary>A provider's template as a flow or a window policy names it; the values are Liquid over the run's variables.</summary>
public sealed record TemplateContent
{
    /// <summary>The template's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its language exactly as created, like <c>pt_BR</c>.</summary>
    public required string Language { get; init; }

    /// <summary>The values of its body: all with a name, or none.</summary>
    public IReadOnlyList<TemplateContentParameter> Parameters { get; init; } = [];
}
