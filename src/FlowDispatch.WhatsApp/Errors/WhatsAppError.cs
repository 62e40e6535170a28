using System.Globalization;
using System.Text.Json;

namespace FlowDispatch.WhatsApp.Errors;

/// <summary>The provider's error object, of an answer or of a webhook, read leniently.</summary>
/// <param name="Code">The one to decide on; null where it can't be read.</param>
/// <param name="Subcode">Deprecated, yet still seen.</param>
/// <param name="IsTransient">The provider's own hint.</param>
/// <param name="Title">In short; titles change.</param>
/// <param name="Details">The reason for people.</param>
/// <param name="TraceId">What the provider's support asks for.</param>
internal sealed record WhatsAppError(int? Code, int? Subcode, bool IsTransient, string? Title, string? Details, string? TraceId)
{
    private const int MaxReason = 500;

    /// <summary>The provider's number as text; null where it can't be read.</summary>
    public string? CodeText => Code?.ToString(CultureInfo.InvariantCulture);

    /// <summary>Title and details in one line of at most 500 characters.</summary>
    public string Reason
    {
        get
        {
            var reason = (Title, Details) switch
            {
                ({ } title, { } details) when !string.Equals(title, details, StringComparison.Ordinal) => $"{title}: {details}",
                ({ } title, _) => title,
                (null, { } details) => details,
                _ => "The provider gave no reason.",
            };
            return reason.Length <= MaxReason ? reason : reason[..MaxReason];
        }
    }

    /// <summary>Reads one error object; null for anything that is no object.</summary>
    public static WhatsAppError? Read(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        // The details may be a string in place of an object.
        var data = error.Member("error_data");
        return new(
            error.Member("code").AsInt(),
            error.Member("error_subcode").AsInt(),
            error.Member("is_transient").ValueKind == JsonValueKind.True,
            error.Member("title").AsText() ?? error.Member("message").AsText(),
            data.Member("details").AsText() ?? data.AsText(),
            error.Member("fbtrace_id").AsText());
    }
}
