using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>What one transaction makes of one recipient, by one change or several.</summary>
internal sealed class RecipientWrite(long key, Recipient before)
{
    private bool _closed;
    private List<RecipientEvent>? _events;

    public long Key { get; } = key;

    /// <summary>The row as it must still stand.</summary>
    public Recipient Before { get; } = Stored(before);

    public Recipient After { get; private set; } = Stored(before);

    /// <summary>When it is due from now on; null where the changes say nothing of it.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>True where its entry in the due queue goes, whoever holds it.</summary>
    public bool LeavesQueue => _closed && DueAt is null;

    public IReadOnlyList<RecipientEvent> Events => _events ?? (IReadOnlyList<RecipientEvent>)[];

    /// <summary>True where the row gains a provider's message id, by which it must be found.</summary>
    public bool GainsMessage => After.ProviderMessageId is not null && After.ProviderMessageId != Before.ProviderMessageId;

    /// <summary>True where a change takes up a run that had ended.</summary>
    public bool Reopens => After.Open && !Before.Open;

    /// <summary>Whether the columns that outcomes seldom touch stay as they are.</summary>
    public bool IsPlain =>
        Before.InDoubtSince == After.InDoubtSince && Before.ErrorCode == After.ErrorCode && Before.ErrorMessage == After.ErrorMessage
        && Before.DeliveredAt == After.DeliveredAt && Before.ReadAt == After.ReadAt && Before.RepliedAt == After.RepliedAt && Before.FailedAt == After.FailedAt;

    /// <summary>Whether a receipt did no more than take it further: nothing else of the row is another.</summary>
    public bool IsClimb => After == Before with
    {
        Status = After.Status,
        Reached = After.Reached,
        SentAt = After.SentAt,
        DeliveredAt = After.DeliveredAt,
        ReadAt = After.ReadAt,
    };

    /// <summary>Whether both rows are the same before and after, but for what a plain outcome has of its own: key, message id, and when it was sent, attempted and completed.</summary>
    public bool IsLike(RecipientWrite other) =>
        IsAlike(Before, other.Before) && IsAlike(After, other.After) && After.StepAttempts == other.After.StepAttempts
        && After.FlowCompleted == other.After.FlowCompleted && After.WaitingReason == other.After.WaitingReason
        && After.FlowCurrentNode == other.After.FlowCurrentNode && After.FlowOutcome == other.After.FlowOutcome;

    public void Take(RecipientChange change)
    {
        After = Stored(change.After);
        if (!After.Open)
        {
            (_closed, DueAt) = (true, null);
        }
        else if (change.DueAt is { } due)
        {
            DueAt = due;
        }

        if (change.Event is { } note)
        {
            (_events ??= []).Add(note);
        }
    }

    private static bool IsAlike(Recipient one, Recipient other) =>
        one.Status == other.Status && one.Reached == other.Reached && one.Open == other.Open && one.Attempts == other.Attempts
        && one.NextAttemptAt == other.NextAttemptAt;

    // In a sender's hands is what attempt marks say, never what a row says.
    private static Recipient Stored(Recipient row) => row.Status == RecipientStatus.Sending ? row with { Status = RecipientStatus.Pending } : row;
}
