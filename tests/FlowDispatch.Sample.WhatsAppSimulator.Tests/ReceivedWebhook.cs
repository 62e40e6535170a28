using System.Text;
using System.Text.Json;

namespace FlowDispatch.Sample.Simulator.Tests;

internal sealed record ReceivedWebhook(byte[] Body, string Signature, string? ContentType)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

    public IEnumerable<JsonElement> Changes => Json.GetProperty("entry").EnumerateArray().SelectMany(entry => entry.GetProperty("changes").EnumerateArray());

    public IEnumerable<JsonElement> Statuses => Changes.Select(change => change.GetProperty("value"))
        .Where(value => value.TryGetProperty("statuses", out _)).SelectMany(value => value.GetProperty("statuses").EnumerateArray());
}
