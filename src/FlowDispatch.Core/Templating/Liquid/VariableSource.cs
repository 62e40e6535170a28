using System.Text.Json;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Where a variable's text comes from: exactly one of the three.</summary>
internal sealed record VariableSource(string? Constant, DirectPath? Direct, ITemplate? Template, IReadOnlyList<TemplateReference> References)
{
    /// <summary>Reads a mapping's value; lists and objects are not supported.</summary>
    public static VariableSource Of(JsonElement value, ITemplateEngine engine)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return new("", null, null, []);
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                return new(value.GetRawText(), null, null, []);
            case JsonValueKind.String:
                return Of(engine.Parse(value.GetString()!));
            default:
                throw new NotSupportedException("The value is a list or an object; it must be a text (a template), a number, a boolean or null.");
        }
    }

    private static VariableSource Of(ITemplate template) => template switch
    {
        LiquidTemplate { Constant: not null } => new(template.Render(new Dictionary<string, object?>(StringComparer.Ordinal)), null, null, []),
        LiquidTemplate { Path: { } path } liquid => new(null, new DirectPath(liquid, path), null, template.References),
        _ => new(null, null, template, template.References),
    };
}
