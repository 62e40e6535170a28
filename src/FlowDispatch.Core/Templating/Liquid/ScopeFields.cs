using System.Collections.Frozen;

namespace FlowDispatch.Templating.Liquid;

/// <summary>The roots of a <see cref="VariableScope"/> and their fields, by name.</summary>
internal static class ScopeFields
{
    private static readonly Fields Contact = new(
        [
            new("id", s => s.Contact.Id.ToString()),
            new("name", s => s.Contact.Name),
            new("first_name", s => FirstWord(s.Contact.Name)),
            new("email", s => s.Contact.Email),
            new("phone", s => s.Contact.WhatsAppId),
            new("whatsapp_id", s => s.Contact.WhatsAppId),
            new("tags", s => s.Contact.Tags),
            new("language", s => s.Contact.Language),
            new("time_zone", s => s.Contact.TimeZone),
            new("custom_fields", s => s.Contact.CustomFields),
        ],
        new NamedField("attributes", s => s.Contact.CustomFields));

    private static readonly Fields Automation = new([new("id", s => s.AutomationId?.ToString()), new("name", s => s.AutomationName)]);
    private static readonly Fields Execution = new([new("id", s => s.ExecutionId?.ToString())]);
    private static readonly Fields Channel = new([new("id", s => s.Channel?.Id), new("display_name", s => s.Channel?.DisplayName)]);

    public static string[] Roots { get; } = ["contact", "row", "event", "automation", "execution", "channel"];

    /// <summary>The names under a root; null where they are the tenant's own.</summary>
    public static IReadOnlyList<string>? NamesOf(string root) => Closed(root)?.Readable;

    /// <summary>A root as an object.</summary>
    public static object? Root(VariableScope scope, string root) => root switch
    {
        "row" => scope.Row,
        "event" => scope.Event,
        _ => Closed(root) is { } fields ? fields.Of(scope) : scope.Sources?.GetValueOrDefault(root),
    };

    /// <summary>Reads one field of a root, without an object between.</summary>
    public static Func<VariableScope, object?> Reader(string root, string field) => root switch
    {
        "row" => scope => scope.Row is { } row && row.TryGetValue(field, out var value) ? LiquidValue.Plain(value) : null,
        "event" => scope => scope.Event is { } payload && payload.TryGetValue(field, out var value) ? LiquidValue.Plain(value) : null,
        _ => Closed(root) is { } fields
            ? fields.Reader(field) ?? (_ => null)
            : scope => scope.Sources is { } sources && sources.TryGetValue(root, out var values) && values.TryGetValue(field, out var value) ? LiquidValue.Plain(value) : null,
    };

    private static Fields? Closed(string root) => root switch
    {
        "contact" => Contact,
        "automation" => Automation,
        "execution" => Execution,
        "channel" => Channel,
        _ => null,
    };

    private static string? FirstWord(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var words = text.AsSpan().Trim();
        var end = words.IndexOfAny(' ', '\t', '\n');
        return end < 0 ? (words.Length == text.Length ? text : words.ToString()) : words[..end].ToString();
    }

    private sealed record NamedField(string Name, Func<VariableScope, object?> Read);

    /// <summary>A closed root: fields in their order, and other names for some of them, which its object does not list.</summary>
    private sealed class Fields(NamedField[] listed, params NamedField[] aliases)
    {
        private readonly string[] _names = [.. listed.Select(f => f.Name)];
        private readonly FrozenDictionary<string, Func<VariableScope, object?>> _readers =
            listed.Concat(aliases).ToFrozenDictionary(f => f.Name, f => f.Read, StringComparer.Ordinal);

        public string[] Readable { get; } = [.. listed.Concat(aliases).Select(f => f.Name)];

        public Func<VariableScope, object?>? Reader(string field) => _readers.GetValueOrDefault(field);

        public FieldView Of(VariableScope scope) => new(_names, name => _readers.TryGetValue(name, out var read) ? read(scope) : null);
    }
}
