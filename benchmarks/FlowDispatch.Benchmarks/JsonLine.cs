using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowDispatch.Benchmarks;

/// <summary>Prints a result as one line of JSON.</summary>
internal static class JsonLine
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print<T>(T result) => Console.WriteLine(JsonSerializer.Serialize(result, Options));
}
