using System.Globalization;

namespace FlowDispatch.Recipients;

/// <summary>Every code of our own that says why a recipient stands where it stands; <see cref="ReasonCatalogue"/> has their words. Any other error code is the provider's.</summary>
public static class ReasonCodes
{
    /// <summary>Waits: its turn has not come.</summary>
    public const string Queued = "queued";

    /// <summary>It is in a sender's hands.</summary>
    public const string Sending = "sending";

    /// <summary>It is unknown whether the provider took the message.</summary>
    public const string InDoubt = "in_doubt";

    /// <summary>The provider took the message.</summary>
    public const string Sent = "sent";

    /// <summary>The message reached a device.</summary>
    public const string Delivered = "delivered";

    /// <summary>The message was opened.</summary>
    public const string Read = "read";

    /// <summary>The person wrote back.</summary>
    public const string Replied = "replied";

    /// <summary>The person wrote back and the run reached its end.</summary>
    public const string Completed = "completed";

    /// <summary>Cancelled before it was sent.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Waits: outside the execution window.</summary>
    public const string OutsideWindow = "outside_window";

    /// <summary>Waits: the automation's hourly rate is used up.</summary>
    public const string RateLimit = "rate_limit";

    /// <summary>Waits: the channel's rate is used up, or the provider asked for a pause.</summary>
    public const string ChannelRate = "channel_rate";

    /// <summary>Waits: over the frequency cap.</summary>
    public const string FrequencyCap = "frequency_cap";

    /// <summary>Waits: another try after a transient failure.</summary>
    public const string Retry = "retry";

    /// <summary>Waits: its next message is due.</summary>
    public const string NextStep = "next_step";

    /// <summary>Waits: for the person's answer.</summary>
    public const string AwaitingReply = "awaiting_reply";

    /// <summary>Waits: for a receipt that settles whether the message was taken.</summary>
    public const string AwaitingReceipt = "awaiting_receipt";

    /// <summary>Waits: the last attempt stayed in doubt and is repeated by the policy.</summary>
    public const string InDoubtRepeated = "in_doubt_repeated";

    /// <summary>Waits, in vain: the run expires before it may be sent.</summary>
    public const string ExpiresFirst = "expires_first";

    /// <summary>Waits: the execution is paused.</summary>
    public const string Paused = "paused";

    /// <summary>Waits: the execution is paused because too many messages failed on the provider's side.</summary>
    public const string ErrorBudget = "error_budget";

    /// <summary>Waits: the execution failed as a whole.</summary>
    public const string ExecutionFailed = "execution_failed";

    /// <summary>Skipped: the person opted out.</summary>
    public const string OptedOut = "opted_out";

    /// <summary>Skipped: the contact is blocked.</summary>
    public const string Blocked = "blocked";

    /// <summary>Skipped: the contact is deleted.</summary>
    public const string Deleted = "deleted";

    /// <summary>Skipped: no such contact in this organization.</summary>
    public const string NotFound = "not_found";

    /// <summary>Skipped: not sent within the automation's <c>expires_after</c>.</summary>
    public const string Expired = "expired";

    /// <summary>Skipped: the contact's time zone is unknown and the automation says to skip.</summary>
    public const string UnknownTimeZone = "unknown_time_zone";

    /// <summary>Skipped: no conversation is open and the flow does not begin with a template.</summary>
    public const string ConversationClosed = "conversation_closed";

    /// <summary>Skipped or failed: a variable's value is missing.</summary>
    public const string MissingVariable = "missing_variable";

    /// <summary>Skipped: the flow came to its end without a message for this person.</summary>
    public const string NoMessage = "no_message";

    /// <summary>Failed: a template of the mapping or the flow could not be rendered for this person.</summary>
    public const string TemplateError = "template_error";

    /// <summary>Failed: a person said that a message in doubt was not sent, after the execution had ended.</summary>
    public const string ResolvedNotSent = "resolved_not_sent";

    /// <summary>Failed: the provider refused the message or could not deliver it; the recipient's error code is the provider's.</summary>
    public const string ProviderError = "provider_error";

    /// <summary>A sender's: the provider can't be reached; nothing was handed over.</summary>
    public const string NotConnected = "not_connected";

    /// <summary>A sender's: the provider failed too often, so sends rest until it is back.</summary>
    public const string CircuitOpen = "circuit_open";

    /// <summary>A sender's: this host has no settings for the channel.</summary>
    public const string ChannelNotConfigured = "channel_not_configured";

    /// <summary>A sender's: the channel can't carry such a message.</summary>
    public const string ContentNotSupported = "content_not_supported";

    /// <summary>A sender's: stands for the codes that <see cref="Http"/> makes.</summary>
    public const string HttpStatus = "http_*";

    /// <summary>The code of an answer that has an HTTP status and no code of the provider, like <c>http_503</c>.</summary>
    public static string Http(int status) => string.Create(CultureInfo.InvariantCulture, $"http_{status}");
}
