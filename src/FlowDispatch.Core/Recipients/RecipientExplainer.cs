using FlowDispatch.Channels;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Recipients;

/// <summary>Says why a recipient was sent to, skipped, or not sent to yet, by the rules that the engine goes by. Pure.</summary>
public static class RecipientExplainer
{
    /// <summary>Explains a recipient.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="execution">Its execution.</param>
    /// <param name="channel">The execution's channel; null when it is gone.</param>
    /// <param name="now">The present instant.</param>
    public static RecipientExplanation Explain(Recipient recipient, Execution execution, Channel? channel, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(execution);
        return recipient.Status switch
        {
            RecipientStatus.Pending => Pending(recipient, execution, channel, now),
            RecipientStatus.Failed or RecipientStatus.Skipped => Say(recipient.ErrorCode),
            RecipientStatus.InDoubt => Say(recipient.Open ? ReasonCodes.AwaitingReceipt : ReasonCodes.InDoubt),
            _ => Say(JsonText.Word(recipient.Status)),
        };
    }

    private static RecipientExplanation Pending(Recipient recipient, Execution execution, Channel? channel, DateTimeOffset now)
    {
        if (execution.Status is ExecutionStatus.Paused or ExecutionStatus.Failed)
        {
            return Say(
                execution.Status == ExecutionStatus.Failed ? ReasonCodes.ExecutionFailed
                : execution.StatusReason?.StartsWith(ReasonCodes.ErrorBudget + ":", StringComparison.Ordinal) is true ? ReasonCodes.ErrorBudget
                : ReasonCodes.Paused);
        }

        var waitsFor = recipient.NextAttemptAt > now ? recipient.WaitingReason ?? ReasonCodes.Retry : null;
        DateTimeOffset? dueAt = waitsFor is null ? null : recipient.NextAttemptAt;
        if (recipient.FlowCurrentNode is not null)
        {
            return waitsFor is null ? Turn(recipient, execution, channel, now) : Say(waitsFor, dueAt);
        }

        // The gate is asked again at that time: what it will say then is when the message may really leave.
        var hours = new SendingHours(execution.Snapshot.Settings, execution.CreatedAt);
        switch (hours.Decide(recipient.TimeZone, dueAt ?? now))
        {
            case GateDecision.Never { Code: ReasonCodes.Expired } when now < hours.Deadline:
            case GateDecision.Wait wait when wait.Until == hours.Deadline:
                return Say(ReasonCodes.ExpiresFirst);
            case GateDecision.Never never:
                return Say(never.Code);
            case GateDecision.Wait wait:
                return Say(waitsFor ?? wait.Reason, wait.Until);
            default:
                return waitsFor is null ? Turn(recipient, execution, channel, now) : Say(waitsFor, dueAt);
        }
    }

    // Who is due waits for permits and a sender's free hand. Those with a lower place in the audience go first, so its turn
    // can be foretold as far as the limits of this run alone decide about it.
    private static RecipientExplanation Turn(Recipient recipient, Execution execution, Channel? channel, DateTimeOffset now)
    {
        var (settings, counters) = (execution.Snapshot.Settings, execution.Counters);
        var pace = SendingPace.Of(settings, channel);
        if (execution.Status != ExecutionStatus.Running || pace.Reason is not { } limit)
        {
            return Say(ReasonCodes.Queued);
        }

        var ahead = recipient.NextAttemptAt is null ? Math.Max(0, recipient.Id.Ordinal - (counters.Total - counters.Pending)) : 0;
        var each = execution.Snapshot.FlowNodes.Count(n => n is FlowNode.Message or FlowNode.Template);
        var queue = new Forecaster(new SendingHours(settings, execution.CreatedAt), pace.Spacing);
        queue.Add(recipient.TimeZone, ahead + 1, Math.Max(1, each));
        var forecast = queue.Run(now);
        return forecast.Expired > 0 ? Say(ReasonCodes.ExpiresFirst) : Say(limit, forecast.FinishesAt - (pace.Spacing * Math.Max(0, each - 1)));
    }

    private static RecipientExplanation Say(string? code, DateTimeOffset? nextEligibleAt = null)
    {
        var reason = ReasonCatalogue.Find(code) ?? ReasonCatalogue.Find(ReasonCodes.ProviderError)!;
        return new(reason.Code, reason.TextEn, reason.TextPt, nextEligibleAt);
    }
}
