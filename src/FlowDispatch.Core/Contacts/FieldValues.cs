using System.Buffers;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FlowDispatch.Contacts;

/// <summary>
/// Free-form values (custom fields, uploaded rows, event payloads) as plain CLR values: <see cref="string"/>,
/// <see cref="bool"/>, <see cref="long"/>, <see cref="decimal"/>, <see cref="double"/>, null, lists and dictionaries of these.
/// </summary>
public static class FieldValues
{
    // As deep as what is read may be.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JsonText.Compact.Encoder, MaxDepth = 64 };

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
    public static IReadOnlyDictionary<string, object?> Parse(string? json) =>
        string.IsNullOrEmpty(json) || json == "{}" ? None : FieldReader.Read(json);

    /// <summary>The JSON text of <paramref name="fields"/>, keys in their order.</summary>
    public static string ToJson(IReadOnlyDictionary<string, object?> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Count == 0)
        {
            return "{}";
        }

        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, Compact))
        {
            Write(writer, fields);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
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

    private static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
    }

    // Anything unknown is written as its text.
    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case DateTimeOffset instant:
                writer.WriteStringValue(instant);
                break;
            case IReadOnlyDictionary<string, object?> fields:
                Write(writer, fields);
                break;
            case IEnumerable<object?> items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
