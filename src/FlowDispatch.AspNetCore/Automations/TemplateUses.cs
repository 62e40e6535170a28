using FlowDispatch.Templating;

namespace FlowDispatch.AspNetCore.Automations;

/// <summary>What an automation's templates read and use, as users see it.</summary>
internal sealed record TemplateUses(IReadOnlyList<TemplateUses.Template> Templates)
{
    public static TemplateUses Of(IReadOnlyList<TemplateUse> uses) => new(
        [.. uses.Select(u => new Template(u.Path, [.. u.Reads.Select(r => new Read(r.Path, r.Line, r.Column))], u.Filters))]);

    internal sealed record Template(string Path, IReadOnlyList<Read> Reads, IReadOnlyList<TemplateFilter> Filters);

    internal sealed record Read(string Path, int Line, int Column);
}
