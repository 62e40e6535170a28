namespace FlowDispatch.Executions;

/// <summary>How far the recipients of an execution have come. They always agree with the recipients' rows.</summary>
/// <remarks>Also used for the change that one write makes, where numbers may be negative.</remarks>
public readonly record struct ExecutionCounters
{
    /// <summary>All planned so far, skipped ones included.</summary>
    public int Total { get; init; }

    /// <summary>Those the provider took a message for.</summary>
    public int Sent { get; init; }

    /// <summary>Those a message was delivered to.</summary>
    public int Delivered { get; init; }

    /// <summary>Those who opened a message.</summary>
    public int Read { get; init; }

    /// <summary>Those who wrote back.</summary>
    public int Replied { get; init; }

    /// <summary>Those whose run reached its end.</summary>
    public int Completed { get; init; }

    /// <summary>Those whose status is failed.</summary>
    public int Failed { get; init; }

    /// <summary>Those never written to, for a reason.</summary>
    public int Skipped { get; init; }

    /// <summary>Those left out because the execution was cancelled.</summary>
    public int Cancelled { get; init; }

    /// <summary>Those still to be sent to, the ones in a sender's hands included.</summary>
    public int Pending { get; init; }

    /// <summary>Those of whom it is unknown whether the provider took the message.</summary>
    public int InDoubt { get; init; }

    /// <summary>Those whose run has not ended; the execution closes when there is none.</summary>
    public int Open { get; init; }

    /// <summary>Sums figure by figure.</summary>
    public static ExecutionCounters operator +(ExecutionCounters left, ExecutionCounters right) => new()
    {
        Total = left.Total + right.Total,
        Sent = left.Sent + right.Sent,
        Delivered = left.Delivered + right.Delivered,
        Read = left.Read + right.Read,
        Replied = left.Replied + right.Replied,
        Completed = left.Completed + right.Completed,
        Failed = left.Failed + right.Failed,
        Skipped = left.Skipped + right.Skipped,
        Cancelled = left.Cancelled + right.Cancelled,
        Pending = left.Pending + right.Pending,
        InDoubt = left.InDoubt + right.InDoubt,
        Open = left.Open + right.Open,
    };

    /// <summary>Differs figure by figure.</summary>
    public static ExecutionCounters operator -(ExecutionCounters left, ExecutionCounters right) => new()
    {
        Total = left.Total - right.Total,
        Sent = left.Sent - right.Sent,
        Delivered = left.Delivered - right.Delivered,
        Read = left.Read - right.Read,
        Replied = left.Replied - right.Replied,
        Completed = left.Completed - right.Completed,
        Failed = left.Failed - right.Failed,
        Skipped = left.Skipped - right.Skipped,
        Cancelled = left.Cancelled - right.Cancelled,
        Pending = left.Pending - right.Pending,
        InDoubt = left.InDoubt - right.InDoubt,
        Open = left.Open - right.Open,
    };

    /// <summary>Sums figure by figure.</summary>
    public static ExecutionCounters Add(ExecutionCounters left, ExecutionCounters right) => left + right;

    /// <summary>Differs figure by figure.</summary>
    public static ExecutionCounters Subtract(ExecutionCounters left, ExecutionCounters right) => left - right;
}
