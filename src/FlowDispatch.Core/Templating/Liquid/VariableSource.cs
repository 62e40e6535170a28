using System.Text.Json;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Where a variable's text comes from, by the shortest road that prints what its template would.</summary>
internal abstract class VariableSource(ITemplate? template)
{
    /// <summary>The paths that it reads.</summary>
    public IReadOnlyList<TemplateReference> References => template?.References ?? [];

    /// <summary>The filters that it uses.</summary>
    public IReadOnlyList<TemplateFilter> Filters => template?.Filters ?? [];

    /// <summary>Reads a mapping's value; lists and objects are not supported.</summary>
    public static VariableSource Of(JsonElement value, ITemplateEngine engine) => value.ValueKind switch
    {
        JsonValueKind.Null => new ConstantSource(""),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new ConstantSource(value.GetRawText()),
        JsonValueKind.String => Of(engine.Parse(value.GetString()!)),
        _ => throw new NotSupportedException("The value is a list or an object; it must be a text (a template), a number, a boolean or null."),
    };

    /// <summary>The text for a person.</summary>
    /// <param name="scope">What is known of the person.</param>
    /// <param name="missing">Gets the paths that are nothing, each once; a list is made where there is none.</param>
    public abstract string Print(VariableScope scope, ref List<string>? missing);

    protected static void Miss(string path, ref List<string>? missing)
    {
        missing ??= [];
        MissingPaths.Add(missing, path);
    }

    private static VariableSource Of(ITemplate template) => template switch
    {
        LiquidTemplate { Constant: not null } => new ConstantSource(template.Render(new Dictionary<string, object?>(StringComparer.Ordinal)), template),
        LiquidTemplate { Path: { } path } liquid => new DirectPath(liquid, path),
        LiquidTemplate liquid => new LiquidSource(liquid),
        _ => new ForeignSource(template),
    };

    private sealed class ConstantSource(string text, ITemplate? template = null) : VariableSource(template)
    {
        public override string Print(VariableScope scope, ref List<string>? missing) => text;
    }

    private sealed class LiquidSource(LiquidTemplate template) : VariableSource(template)
    {
        private readonly LiquidTemplate _template = template;

        public override string Print(VariableScope scope, ref List<string>? missing)
        {
            var text = _template.Render(scope, out var missed);
            foreach (var path in missed ?? [])
            {
                Miss(path, ref missing);
            }

            return text;
        }
    }

    /// <summary>A template of a host's own engine.</summary>
    private sealed class ForeignSource(ITemplate template) : VariableSource(template)
    {
        private readonly ITemplate _template = template;

        public override string Print(VariableScope scope, ref List<string>? missing) => _template.Render(scope.ToVariables(), missing ??= []);
    }
}
