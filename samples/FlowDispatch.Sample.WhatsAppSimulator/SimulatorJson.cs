using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowDispatch.Sample.Simulator;

/// <summary>How the simulator writes JSON everywhere; the JSON settings of the application around it do not reach here.</summary>
internal static class SimulatorJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // a misspelt behaviour must not pass as "default"
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // never embedded in a page; webhooks are escaped as a whole
    };
}
