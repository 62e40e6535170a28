namespace FlowDispatch.Storage;

/// <summary>What a store knows that bears on one attempt in doubt.</summary>
public sealed record ReceiptRecord
{
    /// <summary>10 s: by so much the clock that stamped an inbox entry may be ahead of the store's.</summary>
    public static TimeSpan ClockTolerance { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The store's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The receivers' stretches, in no order.</summary>
    public required IReadOnlyList<ReceiverStretch> Stretches { get; init; }

    /// <summary>The latest attempt on the channel about which a report had arrived by then; null for none.</summary>
    public DateTimeOffset? LatestAttemptAt { get; init; }

    /// <summary>
    /// True while the inbox has an entry that was put off and names the attempt, or one that nobody has looked at yet and
    /// that came in by then, give or take <see cref="ClockTolerance"/>.
    /// </summary>
    public required bool Unsettled { get; init; }
}
