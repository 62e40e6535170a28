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
        var row = situation.Recipient;
        var number = attempt == 0 ? row.Attempts : attempt;
        var proof = Proves(row, number);
        var climbed = row with
        {
            Reached = RecipientRules.Max(row.Reached, (Milestone)(int)receipt.Status),
            SentAt = receipt.Status == ReceiptStatus.Sent ? row.SentAt ?? receipt.At : row.SentAt,
            DeliveredAt = receipt.Status == ReceiptStatus.Delivered ? row.DeliveredAt ?? receipt.At : row.DeliveredAt,
            ReadAt = receipt.Status == ReceiptStatus.Read ? row.ReadAt ?? receipt.At : row.ReadAt,
            Attempts = Math.Max(row.Attempts, number),
            ProviderMessageId = proof || row.ProviderMessageId is null ? receipt.ProviderMessageId : row.ProviderMessageId,
        };
        var current = number >= row.Attempts;
        if (proof)
        {
            // Settled: the provider took it. A run that is still open is taken on by whoever holds it or claims it next.
            climbed = climbed with { Status = RecipientRules.Rank(climbed), InDoubtSince = null, WaitingReason = row.Open ? ReasonCodes.AwaitingReceipt : null };
        }
        else if (row.Status is >= RecipientStatus.Sent and <= RecipientStatus.Replied)
        {
            climbed = climbed with { Status = RecipientRules.Rank(climbed) };
        }
        else if (row.Status == RecipientStatus.Failed && current && receipt.Status >= ReceiptStatus.Delivered)
        {
            // Several devices: one refused it, another showed it. Delivered wins.
            climbed = climbed with { Status = RecipientRules.Rank(climbed), ErrorCode = null, ErrorMessage = null };
        }

        if (climbed == row)
        {
            return null;
        }

        var wake = proof && row.Status == RecipientStatus.InDoubt && row.Open;
        return new()
        {
            After = wake ? climbed with { NextAttemptAt = now } : climbed,
            DueAt = wake ? now : null,
        };
    }

    /// <summary>A report that the message of <paramref name="attempt"/> failed after all.</summary>
    /// <param name="situation">The row.</param>
    /// <param name="receipt">Failed.</param>
    /// <param name="attempt">The attempt it names; 0 where it names none.</param>
    /// <param name="now">When it is settled.</param>
    /// <param name="retryAt">When another attempt may be made; null where none may.</param>
    public static RecipientChange? Fail(RecipientSituation situation, InboundEvent.Receipt receipt, int attempt, DateTimeOffset now, DateTimeOffset? retryAt)
    {
        ArgumentNullException.ThrowIfNull(situation);
        ArgumentNullException.ThrowIfNull(receipt);
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
        if (number < row.Attempts || row.Status == RecipientStatus.Failed || row.WaitingReason == ReasonCodes.Retry || !(Proves(row, number) || row.Status == RecipientStatus.Sent))
        {
            // An older attempt, a repetition, or a message that was delivered: history only.
            return new() { After = row, Event = note };
        }

        // In doubt, unanswered or sent: the provider had it, so the milestone stands, and then it failed.
        var counted = row.Attempts < number ? row.StepAttempts + 1 : Math.Max(row.StepAttempts, 1);
        var taken = row with
        {
            Attempts = number,
            StepAttempts = counted,
            Reached = RecipientRules.Max(row.Reached, Milestone.Sent),
            ProviderMessageId = receipt.ProviderMessageId,
        };
        return RecipientRules.Failed(taken, code, message, receipt.At, situation.ExecutionOpen ? retryAt : null) with { Event = note };
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
        var replied = row with
        {
            Reached = Milestone.Replied,
            RepliedAt = row.RepliedAt ?? reply.At,
            Status = row.Status is >= RecipientStatus.Sent and <= RecipientStatus.Read or RecipientStatus.Failed ? RecipientStatus.Replied : row.Status,
        };
        var note = new RecipientEvent { Kind = RecipientEventKind.Replied, At = reply.At, Message = reply.Text, ProviderMessageId = reply.ProviderMessageId };
        if (optedOut && row.Open)
        {
            return new()
            {
                After = replied with { Open = false, Status = RecipientStatus.Replied, FlowOutcome = "opted_out", NextAttemptAt = null, WaitingReason = null },
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

    /// <summary>A person says what became of a message in doubt; null when it is not in doubt.</summary>
    public static RecipientChange? Resolve(RecipientSituation situation, bool sent, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var row = situation.Recipient;
        if (row.Status != RecipientStatus.InDoubt)
        {
            return null;
        }

        var note = new RecipientEvent { Kind = sent ? RecipientEventKind.ResolvedSent : RecipientEventKind.ResolvedNotSent, At = now, Attempt = row.Attempts };
        var settled = row with { InDoubtSince = null };
        if (sent)
        {
            var taken = settled with { Reached = RecipientRules.Max(row.Reached, Milestone.Sent), SentAt = row.SentAt ?? now };
            taken = taken with { Status = RecipientRules.Rank(taken) };
            return situation.ExecutionOpen
                ? new() { After = taken with { Open = true, WaitingReason = ReasonCodes.AwaitingReceipt, NextAttemptAt = now }, DueAt = now, Event = note }
                : new() { After = taken with { Open = false, WaitingReason = null, NextAttemptAt = null }, Event = note };
        }

        return RecipientRules.Failed(
            settled,
            ReasonCodes.ResolvedNotSent,
            "Its message was in doubt, and a person decided that it was not sent.",
            now,
            situation.ExecutionOpen ? now : null) with
        { Event = note };
    }

    // An attempt in doubt, or one whose answer is still out: its receipt is the proof that it was taken.
    private static bool Proves(Recipient row, int attempt) =>
        (row.Status == RecipientStatus.InDoubt && attempt == row.Attempts)
        || (row.Status == RecipientStatus.Sending && attempt == row.Attempts + 1);
}
