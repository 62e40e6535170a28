using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace FlowDispatch.Sample.Simulator;

/// <summary>Writes the provider's answers.</summary>
internal static class SimulatorAnswers
{
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> properties)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Encoder = SimulatorJson.Options.Encoder }))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    public static Task WriteErrorAsync(HttpContext context, ProviderError error) => WriteAsync(context, error.HttpStatus, json =>
    {
        json.WriteStartObject("error");
        json.WriteString("message", error.Code == 190 ? error.Details ?? error.Title : $"(#{error.Code}) {error.Title}");
        json.WriteString("type", "OAuthException");
        json.WriteNumber("code", error.Code);
        if (error is { HasData: true, Code: not 190 })
        {
            json.WriteStartObject("error_data");
            json.WriteString("messaging_product", "whatsapp");
            json.WriteString("details", error.Details ?? error.Title);
            json.WriteEndObject();
        }

        json.WriteString("fbtrace_id", "A" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        json.WriteEndObject();
    });
}
