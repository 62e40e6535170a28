using FlowDispatch.Audiences;
using FlowDispatch.Flows;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Validation;
using FlowDispatch.Variables;

namespace FlowDispatch.Automations;

/// <summary>Reads an automation's templates before anybody is sent one: what can't be read is an error, what nobody will supply a warning.</summary>
internal sealed class VariableAnalyst(IStore store, ITemplateEngine engine, VariableSourceDirectory sources)
{
    private const int MaxVariables = 200;
    private const int MostWarnings = 100;

    // Audiences of ours that have no rows; a host's own may give some.
    private static readonly string[] RowlessAudiences = ["custom", "all", "tags", "segment"];

    /// <summary>Compiles the mapping; null where it can't be, with the errors added.</summary>
    public VariableMapping? Compile(AutomationSettings settings, FieldErrors errors)
    {
        if (settings.VariableMapping.Count > MaxVariables)
        {
            errors.Add("variable_mapping", $"has {settings.VariableMapping.Count} variables; it must have at most {MaxVariables}.");
            return null;
        }

        foreach (var name in settings.VariableMapping.Keys.Where(n => n.Length is 0 or > 100))
        {
            errors.Add($"variable_mapping.{(name.Length > 60 ? name[..60] + "…" : name)}", "a variable's name must have from 1 to 100 characters.");
        }

        try
        {
            return sources.Compile(settings.VariableMapping, engine);
        }
        catch (VariableMappingException broken)
        {
            foreach (var problem in broken.Errors)
            {
                errors.Add($"variable_mapping.{problem.Variable}", problem.Message);
            }

            return null;
        }
    }

    /// <summary>What a mapping reads that will be empty for everybody, as far as can be known before a run; at most 100.</summary>
    public async Task<IReadOnlyList<AutomationWarning>> WarningsAsync(
        string organizationId, AutomationSettings settings, VariableMapping mapping, CancellationToken cancellationToken)
    {
        var warnings = mapping.Warnings.Select(w => new AutomationWarning($"variable_mapping.{w.Variable}", w.Message, w.Line, w.Column));
        var reads = mapping.Uses.SelectMany(u => u.Reads.Select(r => (u.Path, Read: r))).ToList();
        var custom = reads
            .Where(r => r.Read is { Root: "contact", Fields: ["custom_fields" or "attributes", { Length: <= CustomFieldNames.LongestName }, ..] })
            .ToList();
        if (custom.Count > 0 && await store.Contacts.StreamAsync(organizationId, after: null, cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false))
        {
            var (known, some) = await CustomFieldsAsync(organizationId, custom.Select(r => r.Read.Fields[1]), cancellationToken).ConfigureAwait(false);
            warnings = warnings.Concat(custom.Where(r => !known.Contains(r.Read.Fields[1])).Select(r => Warning(
                r.Path, r.Read, $"no contact has a custom field '{r.Read.Fields[1]}'.", r.Read.Fields[1], some)));
        }

        var rows = reads.Where(r => r.Read.Root == "row").ToList();
        if (rows.Count > 0 && RowlessAudiences.Contains(settings.AudienceType, StringComparer.Ordinal))
        {
            warnings = warnings.Concat(rows.Select(r => Warning(r.Path, r.Read, $"only uploaded lists have rows, and the audience is \"{settings.AudienceType}\".")));
        }
        else if (rows.Count > 0 && settings.AudienceType == "uploaded" && await ColumnsAsync(organizationId, settings, cancellationToken).ConfigureAwait(false) is { } columns)
        {
            warnings = warnings.Concat(rows.Where(r => r.Read.Field is { } field && !columns.Contains(field)).Select(r => Warning(
                r.Path, r.Read, $"the upload has no column '{r.Read.Field}'.", r.Read.Field!, columns)));
        }

        return [.. warnings.Take(MostWarnings)];
    }

    /// <summary>The names that a flow's texts, or the window policy's template, use and no variable supplies; at most 100.</summary>
    public IEnumerable<AutomationWarning> Unsupplied(AutomationSettings settings, IReadOnlyList<FlowNode> nodes) =>
        TextsOf(settings, nodes)
            .SelectMany(t => Use(t.Path, t.Text).Reads.Select(read => (t.Node, Read: read)))
            .Where(u => !settings.VariableMapping.ContainsKey(u.Read.Root))
            .DistinctBy(u => u.Read.Root, StringComparer.Ordinal)
            .Take(MostWarnings)
            .Select(u => new AutomationWarning(
                "variable_mapping",
                $"{(u.Node is null ? "The window policy's template" : $"Node \"{u.Node}\" of the flow")} uses \"{u.Read.Root}\", which no variable supplies; it will be empty.{NearestName.Proposal(u.Read.Root, settings.VariableMapping.Keys)}",
                u.Read.Line,
                u.Read.Column));

    /// <summary>What each template reads and uses, by its path; templates that can't be read are left out.</summary>
    public IReadOnlyList<TemplateUse> Uses(AutomationSettings settings, IReadOnlyList<FlowNode> nodes) =>
        [
            .. Compile(settings, new FieldErrors())?.Uses.Select(u => u with { Path = $"variable_mapping.{u.Path}" }) ?? [],
            .. TextsOf(settings, nodes).Select(t => Use(t.Path, t.Text)),
        ];

    private static IEnumerable<(string Path, string? Node, string Text)> TextsOf(AutomationSettings settings, IReadOnlyList<FlowNode> nodes) =>
        nodes
            .SelectMany((node, at) => node switch
            {
                FlowNode.Message message =>
                [
                    ($"flow.nodes[{at}].text", (string?)node.Id, message.Text),
                    .. (message.Translations ?? new Dictionary<string, string>()).Select(t => ($"flow.nodes[{at}].translations.{t.Key}", (string?)node.Id, t.Value)),
                ],
                FlowNode.Template template => Parameters($"flow.nodes[{at}].template", node.Id, template.Content),
                _ => [],
            })
            .Concat(settings.WindowPolicy.Opening is { } opening ? Parameters("window_policy.template", null, opening) : []);

    private static IEnumerable<(string Path, string? Node, string Text)> Parameters(string path, string? node, TemplateContent content) =>
        content.Parameters.Select((p, at) => ($"{path}.parameters{(p.Name is null ? $"[{at}]" : $".{p.Name}")}", node, p.Text));

    private TemplateUse Use(string path, string text)
    {
        try
        {
            var template = engine.Parse(text);
            return new(path, template.References, template.Filters);
        }
        catch (TemplateSyntaxException)
        {
            // A flow's texts were checked when it was kept, a window policy's are refused by their own check.
            return new(path, [], []);
        }
    }

    private async Task<(HashSet<string> Found, IReadOnlyList<string> Some)> CustomFieldsAsync(
        string organizationId, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<string> some = [];
        foreach (var part in names.Distinct(StringComparer.Ordinal).Chunk(1_000))
        {
            var answer = await store.Contacts.FindCustomFieldsAsync(organizationId, part, cancellationToken).ConfigureAwait(false);
            found.UnionWith(answer.Found);
            some = answer.Some;
        }

        return (found, some);
    }

    private async Task<IReadOnlyCollection<string>?> ColumnsAsync(string organizationId, AutomationSettings settings, CancellationToken cancellationToken) =>
        UploadedAudience.Id(settings.AudienceConfig) is { } id
            && await store.Uploads.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is { Columns: { Count: > 0 } columns }
                ? columns
                : null;

    private static AutomationWarning Warning(string variable, TemplateReference read, string why, string written = "", IReadOnlyCollection<string>? names = null) =>
        new($"variable_mapping.{variable}", $"'{read.Path}' will be empty: {why}{NearestName.Proposal(written, names ?? [])}", read.Line, read.Column);
}
