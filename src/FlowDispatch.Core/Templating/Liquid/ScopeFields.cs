using FlowDispatch.Contacts;

namespace FlowDispatch.Templating.Liquid;

/// <summary>The roots of a <see cref="VariableScope"/> and their fields, by name.</summary>
internal static class ScopeFields
{
    private static readonly string[] ContactNames =
        ["id", "name", "first_name", "email", "phone", "whatsapp_id", "tags", "language", "time_zone", "custom_fields"];

    private static readonly string[] NamedNames = ["id", "name"];
    private static readonly string[] IdNames = ["id"];
    private static readonly string[] ChannelNames = ["id", "display_name"];

    public static string[] Roots { get; } = ["contact", "row", "event", "automation", "execution", "channel"];

    /// <summary>The names under a root; null where they are the tenant's own.</summary>
    public static string[]? NamesOf(string root) => root switch
    {
        "contact" => [.. ContactNames, "attributes"],
        "automation" => NamedNames,
        "execution" => IdNames,
        "channel" => ChannelNames,
        _ => null,
    };

    /// <summary>A root as an object.</summary>
    public static object? Root(VariableScope scope, string root) => root switch
    {
        "contact" => new FieldView(ContactNames, name => Contact(scope.Contact, name)),
        "row" => scope.Row,
        "event" => scope.Event,
        "automation" => new FieldView(NamedNames, name => Automation(scope, name)),
        "execution" => new FieldView(IdNames, name => Execution(scope, name)),
        "channel" => new FieldView(ChannelNames, name => Channel(scope, name)),
        _ => null,
    };

    /// <summary>A field of a root, without an object between.</summary>
    public static object? Field(VariableScope scope, string root, string name) => root switch
    {
        "contact" => Contact(scope.Contact, name),
        "row" => scope.Row is { } row && row.TryGetValue(name, out var value) ? LiquidValue.Plain(value) : null,
        "event" => scope.Event is { } payload && payload.TryGetValue(name, out var value) ? LiquidValue.Plain(value) : null,
        "automation" => Automation(scope, name),
        "execution" => Execution(scope, name),
        "channel" => Channel(scope, name),
        _ => null,
    };

    private static object? Contact(Contact contact, string name) => name switch
    {
        "name" => contact.Name,
        "first_name" => FirstWord(contact.Name),
        "phone" or "whatsapp_id" => contact.WhatsAppId,
        "email" => contact.Email,
        "id" => contact.Id.ToString(),
        "tags" => contact.Tags,
        "language" => contact.Language,
        "time_zone" => contact.TimeZone,
        "custom_fields" or "attributes" => contact.CustomFields,
        _ => null,
    };

    private static string? Automation(VariableScope scope, string name) => name switch
    {
        "id" => scope.AutomationId?.ToString(),
        "name" => scope.AutomationName,
        _ => null,
    };

    private static string? Execution(VariableScope scope, string name) => name == "id" ? scope.ExecutionId?.ToString() : null;

    private static string? Channel(VariableScope scope, string name) => name switch
    {
        "id" => scope.Channel?.Id,
        "display_name" => scope.Channel?.DisplayName,
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
}
