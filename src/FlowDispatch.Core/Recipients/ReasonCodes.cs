namespace FlowDispatch.Recipients;

/// <summary>The closed catalogue of our own reasons; anything else in an error code is the provider's.</summary>
public static class ReasonCodes
{
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

    /// <summary>Failed: a template of the mapping or the flow could not be rendered for this person.</summary>
    public const string TemplateError = "template_error";

    /// <summary>Failed: a person said that a message in doubt was not sent, after the execution had ended.</summary>
    public const string ResolvedNotSent = "resolved_not_sent";

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

    /// <summary>Waits: the execution is paused.</summary>
    public const string Paused = "paused";
}
