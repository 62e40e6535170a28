using FlowDispatch.Contacts;
using FlowDispatch.Executions;

namespace FlowDispatch.Recipients;

/// <summary>One contact in one execution.</summary>
public sealed record Recipient
{
    // Instants as ticks of UTC, 0 for none: rows are copied at every move, and held by the million.
    private readonly long _nextAttemptAt;
    private readonly long _attemptedAt;
    private readonly long _inDoubtSince;
    private readonly long _sentAt;
    private readonly long _deliveredAt;
    private readonly long _readAt;
    private readonly long _repliedAt;
    private readonly long _completedAt;
    private readonly long _failedAt;

    /// <summary>No variables.</summary>
    public static IReadOnlyDictionary<string, string> NoVariables { get; } = new Dictionary<string, string>();

    /// <summary>The recipient's id.</summary>
    public required RecipientId Id { get; init; }

    /// <summary>The execution it belongs to.</summary>
    public required ExecutionId ExecutionId { get; init; }

    /// <summary>The contact.</summary>
    public required ContactId ContactId { get; init; }

    /// <summary>The number at planning, E.164 digits; empty where the contact was not found.</summary>
    public required string PhoneNumber { get; init; }

    /// <summary>The name at planning.</summary>
    public string? ContactName { get; init; }

    /// <summary>
    /// The contact's own IANA zone at planning; without one, and where the window is read in recipients' zones, that of its
    /// number's country if one time holds there. Null when unknown.
    /// </summary>
    public string? TimeZone { get; init; }

    /// <summary>The resolved variables, frozen at planning.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = NoVariables;

    /// <summary>Where it stands.</summary>
    public RecipientStatus Status { get; init; }

    /// <summary>The furthest it ever came.</summary>
    public Milestone Reached { get; init; }

    /// <summary>True while its run has not ended.</summary>
    public bool Open { get; init; } = true;

    /// <summary>Attempts made so far, those of earlier steps included; throttled and undone ones are none.</summary>
    public int Attempts { get; init; }

    /// <summary>Attempts of the present step that failed or stayed in doubt.</summary>
    public int StepAttempts { get; init; }

    /// <summary>When it is next due; null where it is not waiting on its own.</summary>
    public DateTimeOffset? NextAttemptAt
    {
        get => Instant(_nextAttemptAt);
        init => _nextAttemptAt = Ticks(value);
    }

    /// <summary>What it waits for, a code of <see cref="ReasonCodes"/>.</summary>
    public string? WaitingReason { get; init; }

    /// <summary>
    /// When its last attempt was handed to the sender; null before the first, and where the process died before it could
    /// tell. Until an answer is stored it is still that of the attempt before: never later than the hand-over itself.
    /// </summary>
    public DateTimeOffset? AttemptedAt
    {
        get => Instant(_attemptedAt);
        init => _attemptedAt = Ticks(value);
    }

    /// <summary>Since when its present attempt is in doubt; null where none is.</summary>
    public DateTimeOffset? InDoubtSince
    {
        get => Instant(_inDoubtSince);
        init => _inDoubtSince = Ticks(value);
    }

    /// <summary>True once its run reached the flow's end.</summary>
    public bool FlowCompleted { get; init; }

    /// <summary>The node its run is at; null before it began.</summary>
    public string? FlowCurrentNode { get; init; }

    /// <summary>How the run ended; null while it has not.</summary>
    public string? FlowOutcome { get; init; }

    /// <summary>Why it failed or was skipped: a provider's code or one of <see cref="ReasonCodes"/>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The same in words.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The provider's id of the last message it took.</summary>
    public string? ProviderMessageId { get; init; }

    /// <summary>When it was planned.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the provider first took a message.</summary>
    public DateTimeOffset? SentAt
    {
        get => Instant(_sentAt);
        init => _sentAt = Ticks(value);
    }

    /// <summary>When delivery was first reported.</summary>
    public DateTimeOffset? DeliveredAt
    {
        get => Instant(_deliveredAt);
        init => _deliveredAt = Ticks(value);
    }

    /// <summary>When reading was first reported.</summary>
    public DateTimeOffset? ReadAt
    {
        get => Instant(_readAt);
        init => _readAt = Ticks(value);
    }

    /// <summary>When the person first wrote back.</summary>
    public DateTimeOffset? RepliedAt
    {
        get => Instant(_repliedAt);
        init => _repliedAt = Ticks(value);
    }

    /// <summary>When the run reached its end.</summary>
    public DateTimeOffset? CompletedAt
    {
        get => Instant(_completedAt);
        init => _completedAt = Ticks(value);
    }

    /// <summary>When it failed; kept when a later report shows delivery all the same.</summary>
    public DateTimeOffset? FailedAt
    {
        get => Instant(_failedAt);
        init => _failedAt = Ticks(value);
    }

    /// <summary>What it contributes to its execution's counters.</summary>
    public ExecutionCounters Tally => new()
    {
        Total = 1,
        Sent = Reached >= Milestone.Sent ? 1 : 0,
        Delivered = Reached >= Milestone.Delivered ? 1 : 0,
        Read = Reached >= Milestone.Read ? 1 : 0,
        Replied = Reached >= Milestone.Replied ? 1 : 0,
        Completed = FlowCompleted ? 1 : 0,
        Failed = Status == RecipientStatus.Failed ? 1 : 0,
        Skipped = Status == RecipientStatus.Skipped ? 1 : 0,
        Cancelled = Status == RecipientStatus.Cancelled ? 1 : 0,
        Pending = Status is RecipientStatus.Pending or RecipientStatus.Sending ? 1 : 0,
        InDoubt = Status == RecipientStatus.InDoubt ? 1 : 0,
        Open = Open ? 1 : 0,
    };

    private static DateTimeOffset? Instant(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private static long Ticks(DateTimeOffset? at) => at is { } instant ? instant.UtcTicks : 0;
}
