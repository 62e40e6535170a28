using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FlowDispatch.Tracking;
using FlowDispatch.WhatsApp.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowDispatch.WhatsApp.Webhooks;

/// <summary>The Cloud API's webhooks: the verification question, the signature, and what a body tells.</summary>
internal sealed class WhatsAppWebhookReceiver(IOptions<WhatsAppOptions> options, TimeProvider time, ILogger<WhatsAppWebhookReceiver> logger) : IWebhookReceiver
{
    private static readonly WebhookResult.Refused Refused = new();

    private readonly WhatsAppOptions _options = options.Value;

    private readonly FrozenDictionary<string, string> _channels = options.Value.Numbers.ToFrozenDictionary(n => n.PhoneNumberId, n => n.Id);

    private int _toldThatSecretIsMissing;

    public string Name => WhatsAppChannelDirectory.Kind;

    public string? Verify(IReadOnlyDictionary<string, string> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return !string.IsNullOrEmpty(_options.VerifyToken)
            && query.GetValueOrDefault("hub.mode") == "subscribe"
            && query.GetValueOrDefault("hub.verify_token") is { } token
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_options.VerifyToken))
            && query.GetValueOrDefault("hub.challenge") is { Length: > 0 } challenge
                ? challenge
                : null;
    }

    public WebhookResult Receive(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (string.IsNullOrWhiteSpace(_options.AppSecret))
        {
            if (Interlocked.Exchange(ref _toldThatSecretIsMissing, 1) == 0)
            {
                Log.WebhookSecretMissing(logger);
            }

            return Refused;
        }

        var signature = headers.FirstOrDefault(h => h.Key.Equals(WebhookSignature.Header, StringComparison.OrdinalIgnoreCase)).Value;
        if (!WebhookSignature.IsValid(signature, body.Span, _options.AppSecret))
        {
            Log.WebhookRefused(logger, body.Length);
            return Refused;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            var reader = new WebhookReader(_channels, time.GetUtcNow(), logger);
            reader.Read(json.RootElement);
            if (reader.Ignored > 0)
            {
                Log.WebhookPartsIgnored(logger, reader.Ignored);
            }

            return new WebhookResult.Received(reader.Events, reader.Ignored);
        }
        catch (JsonException)
        {
            Log.WebhookMalformed(logger, body.Length);
            return new WebhookResult.Malformed();
        }
    }
}
