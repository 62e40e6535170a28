using FlowDispatch.Channels;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Recipients;

/// <summary>
/// Says of the recipients of one execution why they were sent to, skipped, or not sent to yet, by the rules that the engine goes by.
/// What depends on the execution alone is found once, so that a million of them can be asked about. Not safe for several threads.
/// </summary>
public sealed class RecipientOutlook
{
    private readonly Execution _execution;
    private readonly DateTimeOffset _now;
    private readonly SendingHours _hours;
    private readonly SendingPace _pace;
    private readonly int _messagesEach;
    private readonly Dictionary<string, GateDecision?> _decisions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Turns> _turns = new(StringComparer.Ordinal);

    /// <param name="execution">The execution.</param>
    /// <param name="channel">Its channel; null when it is gone.</param>
    /// <param name="now">The present instant.</param>
    public RecipientOutlook(Execution execution, Channel? channel, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(execution);
        _execution = execution;
        _now = now;
        _hours = new(execution.Snapshot.Settings, execution.CreatedAt);
        _pace = SendingPace.Of(execution.Snapshot.Settings, channel);
        _messagesEach = Math.Max(1, execution.Snapshot.FlowNodes.Count(n => n is FlowNode.Message or FlowNode.Template));
    }

    /// <summary>Explains a recipient of the execution.</summary>
    public RecipientExplanation Explain(Recipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return recipient.Status switch
        {
            RecipientStatus.Pending => Pending(recipient),
            RecipientStatus.Failed or RecipientStatus.Skipped => Say(recipient.ErrorCode),
            RecipientStatus.InDoubt => Say(recipient.Open ? ReasonCodes.AwaitingReceipt : ReasonCodes.InDoubt),
            _ => Say(JsonText.Word(recipient.Status)),
        };
    }

    /// <summary>
    /// The row as users see it: who is pending and was never put off has no reason and no time in the row, and yet waits, for the
    /// window, a rate, or the end of a pause.
    /// </summary>
    public Recipient Show(Recipient recipient)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        if (recipient is { Status: not RecipientStatus.InDoubt, Open: true, WaitingReason: ReasonCodes.AwaitingReceipt })
        {
            // The receipt, or a person, has spoken: what it is due for now is what follows.
            return recipient with { WaitingReason = ReasonCodes.NextStep };
        }

        return recipient is { Status: RecipientStatus.Pending, Open: true, WaitingReason: null }
            && Explain(recipient) is { Code: not ReasonCodes.Queued } wait && ReasonCatalogue.Find(wait.Code)?.Kind == ReasonKind.Waiting
            ? recipient with { WaitingReason = wait.Code, NextAttemptAt = wait.NextEligibleAt ?? recipient.NextAttemptAt }
            : recipient;
    }

    private RecipientExplanation Pending(Recipient recipient)
    {
        if (_execution.Status is ExecutionStatus.Paused or ExecutionStatus.Failed)
        {
            return Say(
                _execution.Status == ExecutionStatus.Failed ? ReasonCodes.ExecutionFailed
                : _execution.StatusReason?.StartsWith(ReasonCodes.ErrorBudget + ":", StringComparison.Ordinal) is true ? ReasonCodes.ErrorBudget
                : ReasonCodes.Paused);
        }

        var waitsFor = recipient.NextAttemptAt > _now ? recipient.WaitingReason ?? ReasonCodes.Retry : null;
        DateTimeOffset? dueAt = waitsFor is null ? null : recipient.NextAttemptAt;
        if (recipient.FlowCurrentNode is not null)
        {
            return waitsFor is null ? Turn(recipient) : Say(waitsFor, dueAt);
        }

        // The gate is asked again at that time: what it will say then is when the message may really leave.
        switch (dueAt is { } at ? _hours.Decide(recipient.TimeZone, at) : DecideNow(recipient))
        {
            case GateDecision.Never { Code: ReasonCodes.Expired } when _now < _hours.Deadline:
            case GateDecision.Wait wait when wait.Until == _hours.Deadline:
                return Say(ReasonCodes.ExpiresFirst);
            case GateDecision.Never never:
                return Say(never.Code);
            case GateDecision.Wait wait:
                return Say(waitsFor ?? wait.Reason, wait.Until);
            default:
                return waitsFor is null ? Turn(recipient) : Say(waitsFor, dueAt);
        }
    }

    // Who is due waits for permits and a sender's free hand. Those with a lower place in the audience go first, so its turn
    // can be foretold as far as the limits of this run alone decide about it.
    private RecipientExplanation Turn(Recipient recipient)
    {
        if (_execution.Status != ExecutionStatus.Running || _pace.Reason is not { } limit)
        {
            return Say(ReasonCodes.Queued);
        }

        var counters = _execution.Counters;
        var ahead = recipient.NextAttemptAt is null ? Math.Max(0, recipient.Id.Ordinal - (counters.Total - counters.Pending)) : 0;
        if (!_turns.TryGetValue(ZoneKey(recipient), out var turns))
        {
            _turns.Add(ZoneKey(recipient), turns = new(_hours, recipient.TimeZone, _pace.Spacing * _messagesEach, _now));
        }

        var turn = turns.Find(ahead, out var expires);
        return expires ? Say(ReasonCodes.ExpiresFirst) : Say(limit, turn);
    }

    private GateDecision? DecideNow(Recipient recipient)
    {
        if (!_decisions.TryGetValue(ZoneKey(recipient), out var decision))
        {
            _decisions.Add(ZoneKey(recipient), decision = _hours.Decide(recipient.TimeZone, _now));
        }

        return decision;
    }

    private string ZoneKey(Recipient recipient) => _hours.ByRecipient ? recipient.TimeZone ?? "" : "";

    private static RecipientExplanation Say(string? code, DateTimeOffset? nextEligibleAt = null)
    {
        var reason = ReasonCatalogue.Find(code) ?? ReasonCatalogue.Find(ReasonCodes.ProviderError)!;
        return new(reason.Code, reason.TextEn, reason.TextPt, nextEligibleAt);
    }
}
