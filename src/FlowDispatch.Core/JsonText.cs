using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowDispatch;

/// <summary>How FlowDispatch writes JSON of its own: snake_case, enumerations as words, letters unescaped.</summary>
public static class JsonText
{
    /// <summary>For settings and snapshots that stores keep, and for the HTTP API.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>For single values and free-form objects.</summary>
    public static JsonSerializerOptions Compact { get; } = Frozen(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The snake_case word of an enumeration's value, as users see it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => EnumWords<T>.Of(value);

    /// <summary>The value of a snake_case word; false for any other word.</summary>
    public static bool TryWord<T>(string? word, out T value)
        where T : struct, Enum => EnumWords<T>.TryParse(word, out value);

    private static JsonSerializerOptions Create() => Frozen(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    });

    private static JsonSerializerOptions Frozen(JsonSerializerOptions options)
    {
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static class EnumWords<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<T, string> Words =
            Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        private static readonly Dictionary<string, T> Values = Words.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

        public static string Of(T value) => Words.TryGetValue(value, out var word)
            ? word
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(T).Name} has no such value.");

        public static bool TryParse(string? word, out T value)
        {
            value = default;
            return word is not null && Values.TryGetValue(word, out value);
        }
    }
}
