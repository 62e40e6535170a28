using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Sending;
using FlowDispatch.Storage;

namespace FlowDispatch.Dispatching;

/// <summary>What became of a candidate after its mark, and what that does to its row.</summary>
/// <param name="Candidate">Whose.</param>
/// <param name="Result">The sender's word; null when it was not handed over at all.</param>
/// <param name="Change">The move of its row.</param>
internal sealed record SendOutcome(Candidate Candidate, SendResult? Result, Func<Recipient, RecipientChange> Change)
{
    /// <summary>Marked, but not handed over: back to the queue, no attempt counted.</summary>
    public static SendOutcome NotSent(Candidate candidate, DateTimeOffset dueAt, string reason) =>
        new(candidate, null, row => RecipientRules.Defer(row, dueAt, row.Status == RecipientStatus.InDoubt ? ReasonCodes.AwaitingReceipt : reason));

    /// <summary>Marked, but it turned out that it may never be sent.</summary>
    public static SendOutcome Never(Candidate candidate, GateDecision.Never reason) =>
        new(candidate, null, row => RecipientRules.Skip(row, reason.Code, reason.Message));

    public ClaimedChange Write => new(Candidate.Row, Change);
}
