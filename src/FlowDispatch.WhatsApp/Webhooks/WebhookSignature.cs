using System.Security.Cryptography;
using System.Text;

namespace FlowDispatch.WhatsApp.Webhooks;

/// <summary>
/// <c>X-Hub-Signature-256: sha256={hex}</c>: HMAC-SHA256 with the app's secret over the bytes as received. The provider
/// signs an escaped form, so nothing may be parsed and written again before (Graph API, "Webhooks", validating payloads).
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "X-Hub-Signature-256";

    private const string Prefix = "sha256=";

    public static bool IsValid(string? header, ReadOnlySpan<byte> body, string secret)
    {
        header = header?.Trim();
        if (header is not { Length: 71 } || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Convert.FromHexString(header.AsSpan(Prefix.Length), given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        Span<byte> ours = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, ours);
        return CryptographicOperations.FixedTimeEquals(given, ours);
    }
}
