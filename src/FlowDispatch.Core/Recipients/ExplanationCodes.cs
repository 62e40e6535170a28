namespace FlowDispatch.Recipients;

/// <summary>Codes of explanations beside those of <see cref="ReasonCodes"/>; both together are the closed catalogue.</summary>
public static class ExplanationCodes
{
    /// <summary>Its turn has not come.</summary>
    public const string Queued = "queued";

    /// <summary>It waits because its execution failed as a whole.</summary>
    public const string ExecutionFailed = "execution_failed";

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

    /// <summary>The provider refused the message or could not deliver it; the recipient's error code is the provider's.</summary>
    public const string ProviderError = "provider_error";

    /// <summary>The execution was cancelled first.</summary>
    public const string Cancelled = "cancelled";
}
