using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowDispatch.Contacts;

/// <summary>
/// Free-form values (custom fields, uploaded rows, event payloads) as plain CLR values: <see cref="string"/>,
/// <see cref="bool"/>, <see cref="long"/>, <see cref="decimal"/>, <see cref="double"/>, null, lists and dictionaries of these.
/// </summary>
public static class FieldValues
{
    /// <summary>No fields.</summary>
    public static IReadOnlyDictionary<string, object?> None { get; } = ReadOnlyDictionary<string, object?>.Empty;

    /// <summary>The fields of a JSON object; no fields for anything that is none.</summary>
    public static IReadOnlyDictionary<string, object?> FromJsonObject(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return None;
        }

        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            fields[property.Name] = FromJson(property.Value);
        }

        return fields;
    }

    /// <summary>The fields of the text of a JSON object; no fields for null or empty text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static IReadOnlyDictionary<string, object?> Parse(string? json)
    {
        if (string.IsNullOrEmpty(json) || json == "{}")
        {
            return None;
        }

        using var document = JsonDocument.Parse(json);
        return FromJsonObject(document.RootElement);
    }

    /// <summary>The JSON text of <paramref name="fields"/>, keys in their order.</summary>
    public static string ToJson(IReadOnlyDictionary<string, object?> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.Count == 0 ? "{}" : ToNode(fields)!.ToJsonString(JsonText.Compact);
    }

    /// <summary>One JSON value as a plain value; whole numbers become <see cref="long"/>, others <see cref="decimal"/> where they fit.</summary>
    public static object? FromJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when json.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number when json.TryGetDecimal(out var exact) => exact,
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.Array => json.EnumerateArray().Select(FromJson).ToList(),
        JsonValueKind.Object => FromJsonObject(json),
        _ => null,
    };

    /// <summary>A plain value as a JSON node; anything unknown is written as its text.</summary>
    public static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        DateTimeOffset instant => JsonValue.Create(instant),
        IReadOnlyDictionary<string, object?> fields => new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, ToNode(f.Value)))),
        IEnumerable<object?> items => new JsonArray([.. items.Select(ToNode)]),
        _ => JsonValue.Create(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
