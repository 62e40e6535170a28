using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FlowDispatch.Contacts;

/// <summary>Reads the fields of JSON objects of which many in a row have the same names, as those of a list's people do.</summary>
/// <remarks>
/// Planning reads one for each person: it takes no document in between, and names that the last object had are not made
/// again. A value becomes what <see cref="FieldValues.FromJson"/> makes of the same one in a document.
/// </remarks>
internal static class FieldReader
{
    private const int OnStack = 512;

    [ThreadStatic]
    private static string[]? _lastNames;

    /// <summary>The fields of the text of a JSON value; none where it is no object.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static IReadOnlyDictionary<string, object?> Read(string json)
    {
        var most = Encoding.UTF8.GetMaxByteCount(json.Length);
        var rented = most <= OnStack ? null : ArrayPool<byte>.Shared.Rent(most);
        try
        {
            Span<byte> room = rented is null ? stackalloc byte[OnStack] : rented;
            return Read(room[..Encoding.UTF8.GetBytes(json, room)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static IReadOnlyDictionary<string, object?> Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var fields = reader.TokenType == JsonTokenType.StartObject ? Object(ref reader, _lastNames ?? [], out _lastNames) : FieldValues.None;
        if (reader.TokenType is JsonTokenType.StartArray)
        {
            reader.Skip();
        }

        // Whatever follows is an error, which the reader names.
        reader.Read();
        return fields;
    }

    private static IReadOnlyDictionary<string, object?> Object(ref Utf8JsonReader reader, string[] expected, out string[] names)
    {
        List<string>? others = null;
        var values = new object?[Math.Max(expected.Length, 1)];
        var count = 0;
        for (; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; count++)
        {
            if (others is not null || count == expected.Length || !reader.ValueTextEquals(expected[count]))
            {
                others ??= [.. expected.AsSpan(0, count)];
                others.Add(reader.GetString()!);
            }

            if (count == values.Length)
            {
                Array.Resize(ref values, 2 * count);
            }

            reader.Read();
            values[count] = Value(ref reader);
        }

        var same = others is null && count == expected.Length;
        names = same ? expected : others?.ToArray() ?? expected[..count];
        Array.Resize(ref values, count);
        if (count <= FieldSet.Most && (same || !IsRepeated(names)))
        {
            return new FieldSet(names, values);
        }

        var table = Table(names, values);
        names = table.Count == count ? names : [];
        return table;
    }

    // Few as they are.
    private static bool IsRepeated(string[] names)
    {
        for (var i = 1; i < names.Length; i++)
        {
            if (names.AsSpan(0, i).Contains(names[i]))
            {
                return true;
            }
        }

        return false;
    }

    // Of a name that comes twice the last value counts.
    private static Dictionary<string, object?> Table(string[] names, object?[] values)
    {
        var table = new Dictionary<string, object?>(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            table[names[i]] = values[i];
        }

        return table;
    }

    private static object? Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? whole : reader.TryGetDecimal(out var exact) ? exact : reader.GetDouble();
            case JsonTokenType.StartObject:
                return Object(ref reader, [], out _);
            case JsonTokenType.StartArray:
                var items = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Value(ref reader));
                }

                return items;
            default:
                return null;
        }
    }
}
