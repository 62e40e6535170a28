namespace FlowDispatch.Templating;

/// <summary>What one template reads and uses.</summary>
/// <param name="Path">Which template: a variable's name, or the path of the field that has it.</param>
/// <param name="Reads">The paths, in the order written.</param>
/// <param name="Filters">The filters, in the order written.</param>
public sealed record TemplateUse(string Path, IReadOnlyList<TemplateReference> Reads, IReadOnlyList<TemplateFilter> Filters);
