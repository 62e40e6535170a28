using System.Security.Cryptography;
using System.Text;
using FlowDispatch.Tracking;

namespace FlowDispatch.WhatsApp.Tests.Webhooks;

/// <summary>Signs bodies as the provider does and hands them to a receiver.</summary>
internal static class Webhook
{
    public static async Task<WebhookResult> ReceiveAsync(byte[] body)
    {
        await using var host = new Host();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData("flowdispatch-test-secret"u8, body));
        return host.Receiver.Receive(new Dictionary<string, string> { ["X-Hub-Signature-256"] = $"sha256={signature}" }, body);
    }

    public static async Task<WebhookResult.Received> ReceivedAsync(string body) =>
        Assert.IsType<WebhookResult.Received>(await ReceiveAsync(Encoding.UTF8.GetBytes(body)));

    /// <summary>A body with one part, in the place that <paramref name="kind"/> names.</summary>
    public static string Of(string kind, string part, string number = Sample.PhoneNumberId) =>
        $$$"""{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"metadata":{"phone_number_id":"{{{number}}}"},"{{{kind}}}":[{{{part}}}]},"field":"messages"}]}]}""";
}
