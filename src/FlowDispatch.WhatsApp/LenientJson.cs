using System.Globalization;
using System.Text.Json;

namespace FlowDispatch.WhatsApp;

/// <summary>
/// Reads the provider's JSON without ever throwing: types change without notice (numbers arrive as strings, objects as
/// strings), and one odd field must not cost the rest of a batch.
/// </summary>
internal static class LenientJson
{
    /// <summary>A member of an object; undefined where there is none or this is no object.</summary>
    public static JsonElement Member(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            // A member's name with half a surrogate pair spoils the search in its object.
            return default;
        }
    }

    /// <summary>The items of an array; none where this is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>A text that is not empty; a number as it is written; null for anything else.</summary>
    public static string? AsText(this JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                return element.GetRawText();
            case JsonValueKind.String:
                try
                {
                    return element.GetString() is { Length: > 0 } text ? text : null;
                }
                catch (InvalidOperationException)
                {
                    // Half a surrogate pair, escaped or not: JSON allows the escape, but it is no text.
                    return null;
                }

            default:
                return null;
        }
    }

    /// <summary>A whole number, also where it is written as text.</summary>
    public static long? AsLong(this JsonElement element) =>
        long.TryParse(element.AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A whole number of 32 bits, also where it is written as text.</summary>
    public static int? AsInt(this JsonElement element) => element.AsLong() is { } value and >= int.MinValue and <= int.MaxValue ? (int)value : null;
}
