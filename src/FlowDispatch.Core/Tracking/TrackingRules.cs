using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>What receipts, replies and people's decisions do to a recipient: pure functions of its row, harmless when repeated.</summary>
public static class TrackingRules
{
    /// <summary>A report that the message of <paramref name="attempt"/> came this far.</summary>
    /// <param name="situation">The row.</param>
    /// <param name="receipt">Sent, delivered or read.</param>
    /// <param name="attempt">The attempt it names; 0 where it names none and the last accepted one is meant.</param>
    /// <param name="now">When it is settled.</param>
    public static RecipientChange? Climb(RecipientSituation situation, InboundEvent.Receipt receipt, int attempt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(receipt);
        var climb = new ReceiptClimb(situation);
        climb.Take(receipt, attempt);
        return climb.Change(now);
    }

    /// <summary>A report that the message of <paramref name="attempt"/> failed after all.</summary>
    /// <param name="situation">The row.</param>
    /// <param name="receipt">Failed.</param>
    /// <param name="attempt">The attempt it names; 0 where it names none: then it is about the last accepted one, or another message than that one.</param>
    /// <param name="flow">The execution's nodes: a run that went on meanwhile goes back to the message that failed.</param>
    /// <param name="retryAt">From the number of the message's attempts, all failed, to when another may be made; null where none may.</param>
    public static RecipientChange? Fail(
        RecipientSituation situation, InboundEvent.Receipt receipt, int attempt, IReadOnlyList<FlowNode> flow, Func<int, DateTimeOffset?> retryAt)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(flow);
        ArgumentNullException.ThrowIfNull(retryAt);
        var row = situation.Recipient;
        var number = attempt == 0 ? row.Attempts : attempt;
        var code = receipt.ErrorCode ?? "failed";
        var message = receipt.ErrorMessage ?? "The provider reported a failure without a reason.";
        var note = new RecipientEvent
        {
            Kind = RecipientEventKind.ReceiptFailed,
            At = receipt.At,
            Attempt = number,
            Code = code,
            Message = message,
            ProviderMessageId = receipt.ProviderMessageId,
        };
        var named = attempt > 0 || receipt.ProviderMessageId == row.ProviderMessageId;
        if (!(Settles(row.Status, row.Open, row.Attempts, attempt) || (named && row.Status == RecipientStatus.Sent && number == row.Attempts && !situation.InFlight)))
        {
            // An older attempt or message, a repetition, a message that was delivered, or one behind which the run's next is on its
            // way already, so that going back would say the next one twice: history only.
            return new() { After = row, Event = note };
        }

        // In doubt, unanswered or sent: the provider had it, so the milestone stands, and then it failed.
        var step = FailedStep.Of(row, number, flow);
        var due = situation.ExecutionOpen ? retryAt(step.Attempts) : null;
        var taken = row with
        {
            Attempts = number,
            StepAttempts = step.Attempts,
            Reached = RecipientRules.Max(row.Reached, Milestone.Sent),
            ProviderMessageId = receipt.ProviderMessageId,
            FlowCurrentNode = due is null ? row.FlowCurrentNode : step.Node,
        };
        return RecipientRules.Failed(taken, code, message, receipt.At, due) with { Event = note };
    }

    /// <summary>The person wrote.</summary>
    /// <param name="situation">The row.</param>
    /// <param name="reply">What was written.</param>
    /// <param name="optedOut">True when it was an opt-out word: the run ends.</param>
    /// <param name="now">When it is settled.</param>
    public static RecipientChange? Reply(RecipientSituation situation, InboundEvent.Reply reply, bool optedOut, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(reply);
        var row = situation.Recipient;
        var proves = row.Status is (>= RecipientStatus.Sent and <= RecipientStatus.Read) or RecipientStatus.Failed;
        var replied = row with
        {
            Reached = Milestone.Replied,
            RepliedAt = row.RepliedAt ?? reply.At,
            Status = proves ? RecipientStatus.Replied : row.Status,
            ErrorCode = proves ? null : row.ErrorCode,
            ErrorMessage = proves ? null : row.ErrorMessage,
        };
        var note = new RecipientEvent { Kind = RecipientEventKind.Replied, At = reply.At, Message = reply.Text, ProviderMessageId = reply.ProviderMessageId };
        if (optedOut && row.Open)
        {
            // A message in doubt stays so, visibly, until a receipt or a person settles it; only the run is over.
            var ended = replied with { Open = false, FlowOutcome = ReasonCodes.OptedOut, NextAttemptAt = null, ErrorCode = null, ErrorMessage = null };
            return new()
            {
                After = row.Status == RecipientStatus.InDoubt ? ended : ended with { Status = RecipientStatus.Replied, WaitingReason = null },
                Event = note,
            };
        }

        var wake = row.Open && row.WaitingReason == ReasonCodes.AwaitingReply;
        return new()
        {
            After = wake ? replied with { WaitingReason = ReasonCodes.NextStep, NextAttemptAt = now } : replied,
            DueAt = wake ? now : null,
            Event = note,
        };
    }

    /// <summary>A person says what became of a message in doubt; null when it is not in doubt, or was not sent and is being sent again at this moment.</summary>
    public static RecipientChange? Resolve(RecipientSituation situation, bool sent, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var row = situation.Recipient;
        if (row.Status != RecipientStatus.InDoubt || (situation.InFlight && !sent))
        {
            return null;
        }

        var note = new RecipientEvent { Kind = sent ? RecipientEventKind.ResolvedSent : RecipientEventKind.ResolvedNotSent, At = now, Attempt = row.Attempts };
        var settled = row with { InDoubtSince = null };
        var goesOn = situation.ExecutionOpen && row.FlowOutcome is null;
        if (sent)
        {
            var taken = settled with { Reached = RecipientRules.Max(row.Reached, Milestone.Sent), SentAt = row.SentAt ?? now };
            taken = taken with { Status = RecipientRules.Rank(taken) };

            // Where it is being sent again, the answer takes it on.
            return goesOn
                ? new() { After = taken with { Open = true, WaitingReason = ReasonCodes.AwaitingReceipt, NextAttemptAt = now }, DueAt = situation.InFlight ? null : now, Event = note }
                : new() { After = taken with { Open = false, WaitingReason = null, NextAttemptAt = null }, Event = note };
        }

        return RecipientRules.Failed(
            settled,
            ReasonCodes.ResolvedNotSent,
            "Its message was in doubt, and a person decided that it was not sent.",
            now,
            goesOn ? now : null) with
        { Event = note };
    }

    // An attempt in doubt, or one of which no answer is stored yet: its receipt is the proof that it was taken. A receipt
    // that names no attempt was found by its message, so the answer to that message is known and proves nothing else.
    internal static bool Settles(RecipientStatus status, bool open, int attempts, int attempt) =>
        attempt > 0 && ((status == RecipientStatus.InDoubt && attempt == attempts) || (open && attempt > attempts));
}
