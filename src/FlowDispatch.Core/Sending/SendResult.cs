namespace FlowDispatch.Sending;

/// <summary>What became of one send. An expected outcome is a value; only surprises are thrown.</summary>
public abstract record SendResult
{
    private SendResult()
    {
    }

    /// <summary>The provider took the message; delivery reports will name <paramref name="ProviderMessageId"/>.</summary>
    public sealed record Accepted(string ProviderMessageId) : SendResult;

    /// <summary>The provider will never take it: do not try again.</summary>
    public sealed record Rejected(string Code, string Reason) : SendResult;

    /// <summary>The provider asked for a pause of the whole channel: wait, and count no attempt.</summary>
    /// <param name="Code">The provider's code, or ours.</param>
    /// <param name="RetryAfter">How long the channel rests: from 100 ms to a day. Less, zero among it, counts as a second; more as a day.</param>
    public sealed record Throttled(string Code, TimeSpan RetryAfter) : SendResult;

    /// <summary>It failed for now and was not taken: the engine tries again, later and within limits.</summary>
    /// <param name="Code">The provider's code, or ours.</param>
    /// <param name="Reason">In words.</param>
    /// <param name="RetryAfter">The least wait the provider asks for; null leaves it to the backoff. More than 366 days count as so many.</param>
    /// <param name="MaxRetries">A smaller limit of this code's own; null leaves it to the automation.</param>
    public sealed record Failed(string Code, string Reason, TimeSpan? RetryAfter = null, int? MaxRetries = null) : SendResult;

    /// <summary>The channel itself is refused (credentials, account): the execution pauses with the reason, the recipient waits.</summary>
    public sealed record ChannelRefused(string Code, string Reason) : SendResult;

    /// <summary>No answer came: it may be on its way. Never sent again blindly.</summary>
    public sealed record InDoubt(string Reason) : SendResult;
}
