namespace FlowDispatch.Testing.Sending;

/// <summary>How often a <see cref="FaultySender"/> goes wrong, and how. Shares are from 0 (never, the default) to 1, and together at most 1.</summary>
public sealed record SendFaults
{
    /// <summary>The share of messages that never arrive: the sender throws, and the inner one does not see them.</summary>
    public double LostRequests { get; init; }

    /// <summary>The share of messages that arrive, and whose answer is lost: the inner sender takes them, and then the sender throws.</summary>
    public double LostAnswers { get; init; }

    /// <summary>The share that is throttled for <see cref="ThrottledFor"/>.</summary>
    public double Throttled { get; init; }

    /// <summary>The share that fails for now, with <see cref="FaultySender.FailedCode"/>.</summary>
    public double Failed { get; init; }

    /// <summary>The share that is refused for good, with <see cref="FaultySender.RejectedCode"/>.</summary>
    public double Rejected { get; init; }

    /// <summary>How long a throttle says to wait; a second by default.</summary>
    public TimeSpan ThrottledFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that an answer takes, drawn evenly from nothing to this; none by default.</summary>
    public TimeSpan Latency { get; init; }
}
