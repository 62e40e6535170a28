namespace FlowDispatch.Sample.Simulator;

/// <summary>
/// What the simulator does to its callers, and when it tells them. JSON in snake case, as at <c>/_simulator/behavior</c>.
/// Probabilities are from 0 to 1. The default is a well-behaved provider.
/// </summary>
public sealed record SimulatorBehavior
{
    /// <summary>How long an answer takes. The message is taken at once, so a caller who gives up meanwhile has sent it.</summary>
    public MillisecondRange LatencyMs { get; init; } = new(0, 0);

    /// <summary>Refusals at random.</summary>
    public IReadOnlyList<ErrorRate> Errors { get; init; } = [];

    /// <summary>Messages that a business number may send in any second; above it the answer is 130429. Null: no limit.</summary>
    public int? Throttle { get; init; }

    /// <summary>The probability that a message is taken and kept, but the connection breaks instead of an answer.</summary>
    public double LostAnswers { get; init; }

    /// <summary>The probability that a receipt comes twice, the copy up to a second later.</summary>
    public double DuplicateReceipts { get; init; }

    /// <summary>The probability that the receipts of a message come in reverse order.</summary>
    public double ReorderReceipts { get; init; }

    /// <summary>Added to the time of every receipt; what it says about its own time stays true.</summary>
    public int LateReceiptsMs { get; init; }

    /// <summary>The probability that the first receipt reaches the receiver before the answer goes out.</summary>
    public double ReceiptsBeforeAnswer { get; init; }

    /// <summary>The probability that <c>delivered</c> never comes; <c>read</c> still may.</summary>
    public double SkipDelivered { get; init; }

    /// <summary>The probability that the person reads it and lets it be known. Default 0.5.</summary>
    public double Read { get; init; } = 0.5;

    /// <summary>Failures reported afterwards, instead of <c>sent</c>.</summary>
    public IReadOnlyList<ErrorRate> FailedReceipts { get; init; } = [];

    /// <summary>While true no webhook goes out; what is due stays owed.</summary>
    public bool HoldReceipts { get; init; }

    /// <summary>From the answer to <c>sent</c>. Default 50 to 150 ms.</summary>
    public MillisecondRange SentAfterMs { get; init; } = new(50, 150);

    /// <summary>From <c>sent</c> to <c>delivered</c>. Default 200 to 800 ms.</summary>
    public MillisecondRange DeliveredAfterMs { get; init; } = new(200, 800);

    /// <summary>From <c>delivered</c> to <c>read</c>. Default 500 to 3,000 ms.</summary>
    public MillisecondRange ReadAfterMs { get; init; } = new(500, 3000);

    /// <summary>The first thing that is out of range, or null.</summary>
    internal string? Problem()
    {
        foreach (var (name, value) in new[]
        {
            ("lost_answers", LostAnswers), ("duplicate_receipts", DuplicateReceipts), ("reorder_receipts", ReorderReceipts),
            ("receipts_before_answer", ReceiptsBeforeAnswer), ("skip_delivered", SkipDelivered), ("read", Read),
        })
        {
            if (value is not (>= 0 and <= 1))
            {
                return $"{name} is {value}; it must be from 0 to 1.";
            }
        }

        foreach (var (name, range) in new[]
        {
            ("latency_ms", LatencyMs), ("sent_after_ms", SentAfterMs), ("delivered_after_ms", DeliveredAfterMs), ("read_after_ms", ReadAfterMs),
        })
        {
            if (range is null || range.Min < 0 || range.Max < range.Min)
            {
                return $"{name} must have min and max, from 0, and max not less than min.";
            }
        }

        return Throttle is < 1 ? $"throttle is {Throttle}; it must be at least 1, or null."
            : LateReceiptsMs < 0 ? $"late_receipts_ms is {LateReceiptsMs}; it must not be negative."
            : Problem("errors", Errors) ?? Problem("failed_receipts", FailedReceipts);
    }

    private static string? Problem(string name, IReadOnlyList<ErrorRate>? rates) =>
        rates is null || rates.Any(rate => rate is null || rate.Code < 0 || rate.Probability is not (>= 0 and <= 1) || rate.Max is < 0)
            ? $"{name} must be a list of code, probability from 0 to 1, and optionally max."
            : null;
}
