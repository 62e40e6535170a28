using FlowDispatch.Storage;

namespace FlowDispatch.Recipients;

/// <summary>
/// Every move a recipient can make, as pure functions of its row. Engine and stores use these and no others, so that
/// one rule holds wherever a row is changed: a milestone is never lost, and a proof of sending outweighs a doubt.
/// </summary>
public static class RecipientRules
{
    /// <summary>It will never be sent to, for a reason.</summary>
    public static RecipientChange Skip(Recipient row, string code, string message)
    {
        ArgumentNullException.ThrowIfNull(row);

        // Whoever got an earlier message of the run keeps that; only the rest of the run is dropped.
        if (row.Status == RecipientStatus.InDoubt || IsRepeated(row))
        {
            return Doubtful(row, code);
        }

        var skipped = Rest(row) with { Open = false, ErrorCode = code, ErrorMessage = message };
        return new() { After = row.Reached == Milestone.None ? skipped with { Status = RecipientStatus.Skipped } : skipped with { Status = Rank(row), FlowOutcome = code } };
    }

    /// <summary>It waits until <paramref name="dueAt"/>; no attempt is counted.</summary>
    public static RecipientChange Defer(Recipient row, DateTimeOffset dueAt, string reason)
    {
        ArgumentNullException.ThrowIfNull(row);

        // What a receipt settled meanwhile stays settled: it is due for going on, not for its message.
        var settled = IsTaken(row) || (row.WaitingReason == ReasonCodes.AwaitingReceipt && row.Status == RecipientStatus.InDoubt);
        return new() { After = row with { NextAttemptAt = dueAt, WaitingReason = settled ? row.WaitingReason : reason }, DueAt = dueAt };
    }

    /// <summary>The provider took the message of <paramref name="attempt"/>, and the run goes on as <paramref name="next"/> says.</summary>
    public static RecipientChange Accept(
        Recipient row, int attempt, string providerMessageId, DateTimeOffset at, RunStep next, DateTimeOffset? attemptedAt = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(next);
        var taken = new Taken(providerMessageId, row.SentAt ?? at, attemptedAt ?? row.AttemptedAt, Max(row.Reached, Milestone.Sent), Math.Max(row.Attempts, attempt));
        if (row.Attempts >= attempt && (row.Status == RecipientStatus.Failed || (row.Status == RecipientStatus.Pending && row.WaitingReason == ReasonCodes.Retry)))
        {
            // A receipt said "failed" before the answer came: the later word about the same message stands.
            return new() { After = taken.In(row), Event = Accepted(attempt, providerMessageId, at) };
        }

        if (!row.Open)
        {
            // A reply ended the run while the message was in the sender's hands: nothing follows.
            return new()
            {
                After = taken.In(row) with { Status = Rank(row, taken.Reached), InDoubtSince = null },
                Event = row.Attempts >= attempt ? null : Accepted(attempt, providerMessageId, at),
            };
        }

        return Advance(row, taken, at, next, next is RunStep.End && attempt == 1 ? null : Accepted(attempt, providerMessageId, at));
    }

    /// <summary>The run goes on after a message that is known to have been taken.</summary>
    public static RecipientChange Advance(Recipient row, DateTimeOffset at, RunStep next)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Advance(row, new(row.ProviderMessageId, row.SentAt, row.AttemptedAt, row.Reached, row.Attempts), at, next, note: null);
    }

    /// <summary>The attempt failed and nothing was taken; it is tried again at <paramref name="retryAt"/>, or never where that is null.</summary>
    public static RecipientChange Fail(
        Recipient row, int attempt, string code, string message, DateTimeOffset at, DateTimeOffset? retryAt, DateTimeOffset? attemptedAt = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Attempts >= attempt && row.Status != RecipientStatus.InDoubt)
        {
            // A receipt came first, or this very write is made again: what is known already stands.
            return new() { After = row, DueAt = GoesOnAfter(row, attempt) ? row.NextAttemptAt ?? at : null };
        }

        var tried = row with
        {
            Attempts = Math.Max(row.Attempts, attempt),
            StepAttempts = row.Attempts >= attempt ? row.StepAttempts : row.StepAttempts + 1,
            AttemptedAt = attemptedAt ?? row.AttemptedAt,
        };
        var failed = new RecipientEvent { Kind = RecipientEventKind.AttemptFailed, At = at, Attempt = attempt, Code = code, Message = message };
        if (IsTaken(row))
        {
            // While it was tried again an earlier attempt turned out to have reached the person: the run only has to be taken on.
            return new() { After = row with { Attempts = tried.Attempts }, DueAt = row.Open ? row.NextAttemptAt ?? at : null, Event = failed };
        }

        // Where a reply ended the run while the message was in the sender's hands, it is not taken up again.
        return row.Open ? Failed(tried, code, message, at, retryAt) with { Event = failed } : new() { After = tried, Event = failed };
    }

    /// <summary>No answer to the attempt is known; it is looked at again at <paramref name="checkAt"/>.</summary>
    public static RecipientChange Doubt(
        Recipient row, int attempt, string reason, DateTimeOffset at, DateTimeOffset checkAt, DateTimeOffset? attemptedAt = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Attempts >= attempt)
        {
            // A receipt came first: it is known what became of it, so the run only has to be taken on.
            return new() { After = row, DueAt = GoesOnAfter(row, attempt) ? row.NextAttemptAt ?? at : null };
        }

        var lost = new RecipientEvent { Kind = RecipientEventKind.AttemptInDoubt, At = at, Attempt = attempt, Message = reason };
        if (IsTaken(row))
        {
            // As of one that failed: whatever became of this attempt, the person has an earlier one.
            return new() { After = row with { Attempts = attempt }, DueAt = row.Open ? row.NextAttemptAt ?? at : null, Event = lost };
        }

        return new()
        {
            After = row with
            {
                Status = RecipientStatus.InDoubt,
                Attempts = attempt,
                StepAttempts = row.StepAttempts + 1,
                AttemptedAt = attemptedAt,
                InDoubtSince = at,
                NextAttemptAt = checkAt,
                WaitingReason = ReasonCodes.AwaitingReceipt,
            },
            DueAt = checkAt,
            Event = lost,
        };
    }

    /// <summary>A mark without an outcome, found when its lease was gone: in doubt, looked at by the next node at once.</summary>
    public static RecipientChange Recover(Recipient row, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Status == RecipientStatus.InDoubt || IsTaken(row)
            ? new() { After = row with { NextAttemptAt = now }, DueAt = now }
            : Doubt(row, row.Attempts + 1, "The process that was sending it ended before the answer was stored.", now, now);
    }

    /// <summary>In doubt, and evidence or the policy says to send again: it waits like one that failed for now, under a new attempt.</summary>
    public static RecipientChange Repeat(Recipient row, DateTimeOffset now, bool onEvidence = false)
    {
        ArgumentNullException.ThrowIfNull(row);
        var why = onEvidence
            ? "Receipts of later messages came in without an outage, and none for the last attempt: it was not taken."
            : "No receipt settled the last attempt in time, and the policy is to send again.";
        var repeated = Failed(row, ReasonCodes.InDoubtRepeated, why, now, now);
        return repeated with { After = repeated.After with { InDoubtSince = row.InDoubtSince } };
    }

    /// <summary>In doubt for good until a receipt or a person settles it; the execution may complete around it.</summary>
    public static RecipientChange Hold(Recipient row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new() { After = row with { Open = false, NextAttemptAt = null } };
    }

    /// <summary>The person did not answer in time: the run ends.</summary>
    public static RecipientChange NoResponse(Recipient row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new() { After = Rest(row) with { Open = false, FlowOutcome = "no_response" } };
    }

    /// <summary>The execution was cancelled before its run ended.</summary>
    public static RecipientChange Cancel(Recipient row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (IsRepeated(row))
        {
            return Doubtful(row, "cancelled");
        }

        var ended = Rest(row) with { Open = false };
        return new()
        {
            After = row.Status switch
            {
                RecipientStatus.Pending or RecipientStatus.Sending when row.Reached == Milestone.None => ended with { Status = RecipientStatus.Cancelled },
                RecipientStatus.InDoubt => ended with { WaitingReason = ReasonCodes.AwaitingReceipt },
                _ => ended with { Status = Rank(row), FlowOutcome = "cancelled" },
            },
        };
    }

    // A receipt, or a person, said that its message was taken, and the run has not gone on since.
    private static bool IsTaken(Recipient row) =>
        row.WaitingReason == ReasonCodes.AwaitingReceipt && row.Status is >= RecipientStatus.Sent and <= RecipientStatus.Completed;

    // A receipt said of this very attempt, while it had no answer, that it was taken. Whoever waits for anything else has an
    // entry in the queue already, which may be in somebody's hands by now: another would send the same twice.
    private static bool GoesOnAfter(Recipient row, int attempt) => row.Open && row.Attempts == attempt && IsTaken(row);

    // An attempt stayed in doubt and was to be repeated. No repetition was taken, so the doubt is what is left to show.
    private static bool IsRepeated(Recipient row) =>
        row is { Status: RecipientStatus.Pending, InDoubtSince: not null };

    private static RecipientChange Doubtful(Recipient row, string outcome) => new()
    {
        After = row with
        {
            Status = RecipientStatus.InDoubt,
            Open = false,
            NextAttemptAt = null,
            WaitingReason = ReasonCodes.AwaitingReceipt,
            FlowOutcome = outcome,
            ErrorCode = null,
            ErrorMessage = null,
        },
    };

    private static RecipientEvent Accepted(int attempt, string providerMessageId, DateTimeOffset at) =>
        new() { Kind = RecipientEventKind.AttemptAccepted, At = at, Attempt = attempt, ProviderMessageId = providerMessageId };

    // One copy of the row: nearly every write of a run is this one.
    private static RecipientChange Advance(Recipient row, Taken taken, DateTimeOffset at, RunStep next, RecipientEvent? note)
    {
        var (node, due, reason) = next switch
        {
            RunStep.End end => (end.Node, (DateTimeOffset?)null, (string?)null),
            RunStep.Send send => (send.Node, at, ReasonCodes.NextStep),

            // Written back before the answer of the message that asks was stored.
            RunStep.AwaitReply wait when row.RepliedAt is not null => (wait.Node, at, ReasonCodes.NextStep),
            RunStep.AwaitReply wait => (wait.Node, wait.Until, ReasonCodes.AwaitingReply),
            _ => throw new ArgumentOutOfRangeException(nameof(next), next, "A run goes on by one of the steps of RunStep."),
        };
        var ended = next as RunStep.End;
        var silent = ended is not null && taken.Reached == Milestone.None;
        return new()
        {
            After = row with
            {
                ProviderMessageId = taken.MessageId,
                SentAt = taken.SentAt,
                AttemptedAt = taken.AttemptedAt,
                Reached = taken.Reached,
                Attempts = taken.Attempts,
                Status = silent ? RecipientStatus.Skipped : ended is not null && taken.Reached == Milestone.Replied ? RecipientStatus.Completed : Rank(row, taken.Reached),
                Open = row.Open && ended is null,
                StepAttempts = 0,
                InDoubtSince = null,
                ErrorCode = silent ? ReasonCodes.NoMessage : null,
                ErrorMessage = silent ? "The flow came to its end without a message for this person." : null,
                FlowCurrentNode = node,
                NextAttemptAt = due,
                WaitingReason = reason,
                FlowCompleted = row.FlowCompleted || ended is not null,
                FlowOutcome = ended is null ? row.FlowOutcome : ended.Outcome,
                CompletedAt = ended is null ? row.CompletedAt : row.CompletedAt ?? at,
            },
            DueAt = due,
            Event = note,
        };
    }

    internal static RecipientChange Failed(Recipient row, string code, string message, DateTimeOffset at, DateTimeOffset? retryAt) => retryAt is { } due
        ? new()
        {
            After = row with
            {
                Status = RecipientStatus.Pending,
                Open = true,
                InDoubtSince = row.Status == RecipientStatus.Pending ? row.InDoubtSince : null, // an older attempt may still be in doubt
                FlowCompleted = false,
                FlowOutcome = null,
                CompletedAt = null,
                NextAttemptAt = due,
                WaitingReason = ReasonCodes.Retry,
                ErrorCode = code,
                ErrorMessage = message,
            },
            DueAt = due,
        }
        : new()
        {
            After = Rest(row) with
            {
                Status = RecipientStatus.Failed,
                Open = false,
                InDoubtSince = null,
                FailedAt = row.FailedAt ?? at,
                ErrorCode = code,
                ErrorMessage = message,
            },
        };

    internal static RecipientStatus Rank(Recipient row) => Rank(row, row.Reached);

    internal static RecipientStatus Rank(Recipient row, Milestone reached) => Rank(row.Status, row.FlowCompleted, reached);

    internal static RecipientStatus Rank(RecipientStatus status, bool flowCompleted, Milestone reached) => reached switch
    {
        Milestone.None => RecipientStatus.Pending,
        Milestone.Sent => RecipientStatus.Sent,
        Milestone.Delivered => RecipientStatus.Delivered,
        Milestone.Read => RecipientStatus.Read,
        _ => flowCompleted && status == RecipientStatus.Completed ? RecipientStatus.Completed : RecipientStatus.Replied,
    };

    internal static Milestone Max(Milestone left, Milestone right) => left > right ? left : right;

    private static Recipient Rest(Recipient row) => row with { NextAttemptAt = null, WaitingReason = null };

    /// <summary>What a message that was taken changes in a row, whatever else follows.</summary>
    private readonly record struct Taken(string? MessageId, DateTimeOffset? SentAt, DateTimeOffset? AttemptedAt, Milestone Reached, int Attempts)
    {
        public Recipient In(Recipient row) => row with
        {
            ProviderMessageId = MessageId,
            SentAt = SentAt,
            AttemptedAt = AttemptedAt,
            Reached = Reached,
            Attempts = Attempts,
        };
    }
}
