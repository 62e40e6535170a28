using FlowDispatch.Flows;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;

namespace FlowDispatch.Dispatching;

/// <summary>Turns a sender's results into moves of rows, by the automation's retry settings.</summary>
internal sealed class OutcomeRules(FlowProgram program, Automations.AutomationSettings settings, NodeOptions options, SenderCapabilities capabilities, Random random)
{
    public SendOutcome Of(Candidate candidate, SendResult result, DateTimeOffset now)
    {
        var attempt = candidate.Attempt;
        switch (result)
        {
            case SendResult.Accepted accepted:
                var next = program.After(candidate.Node, candidate.Opening, now);
                return new(candidate, result, row => RecipientRules.Accept(row, attempt, accepted.ProviderMessageId, now, next));

            case SendResult.Rejected rejected:
                return new(candidate, result, row => RecipientRules.Fail(row, attempt, rejected.Code, rejected.Reason, now, null));

            case SendResult.Failed or SendResult.Throttled when candidate.Row.Status == RecipientStatus.InDoubt:
                // Its repetition under the same key was not taken; of the first time that tells nothing.
                var again = now + RetryBackoff.Delay(Math.Max(1, candidate.Row.StepAttempts), random);
                return new(candidate, result, row => RecipientRules.Defer(row, again, ReasonCodes.AwaitingReceipt));

            case SendResult.Failed failed:
                DateTimeOffset? retryAt = null;
                var tries = candidate.Row.StepAttempts + 1;
                if (settings.RetryFailed && tries <= Math.Min(settings.MaxRetries, failed.MaxRetries ?? int.MaxValue))
                {
                    var wait = RetryBackoff.Delay(tries, random);
                    retryAt = now + (failed.RetryAfter is { } asked && asked > wait ? asked : wait);
                }

                return new(candidate, result, row => RecipientRules.Fail(row, attempt, failed.Code, failed.Reason, now, retryAt));

            case SendResult.Throttled throttled:
                return new(candidate, result, row => RecipientRules.Defer(row, now + throttled.RetryAfter, ReasonCodes.ChannelRate));

            case SendResult.ChannelRefused:
                return new(candidate, result, row => RecipientRules.Defer(row, now, ReasonCodes.Paused));

            case SendResult.InDoubt doubt:
                var checkAt = now + CheckAfter(candidate.Row);
                return new(candidate, result, row => row.Status == RecipientStatus.InDoubt && row.Attempts == attempt
                    ? RecipientRules.Defer(row, checkAt, ReasonCodes.AwaitingReceipt)
                    : RecipientRules.Doubt(row, attempt, doubt.Reason, now, checkAt));

            default:
                throw new ArgumentOutOfRangeException(nameof(result), result, "A sender answers with one of the cases of SendResult.");
        }
    }

    /// <summary>What is to be done with a claimed recipient in doubt: null to send the same attempt again.</summary>
    public Func<Recipient, RecipientChange>? Settle(Recipient row, DateTimeOffset now)
    {
        var since = row.InDoubtSince ?? now;
        if (capabilities.HasFlag(SenderCapabilities.IdempotentSends))
        {
            // Again under the same key, until it can't be hoped any more that an answer comes.
            return now < since + options.InDoubtDeadline ? null : RecipientRules.Hold;
        }

        var decisionAt = since + (capabilities.HasFlag(SenderCapabilities.Receipts) ? options.InDoubtDeadline : options.InDoubtGracePeriod);
        if (now < decisionAt)
        {
            return claimed => RecipientRules.Defer(claimed, decisionAt, ReasonCodes.AwaitingReceipt);
        }

        var repeat = options.InDoubtPolicy == InDoubtPolicy.Repeat && settings.RetryFailed && row.StepAttempts <= settings.MaxRetries;
        return claimed => claimed.Status != RecipientStatus.InDoubt
            ? new() { After = claimed, DueAt = claimed.Open ? now : null } // a receipt settled it between claim and write
            : repeat ? RecipientRules.Repeat(claimed, now) : RecipientRules.Hold(claimed);
    }

    private TimeSpan CheckAfter(Recipient row) =>
        capabilities.HasFlag(SenderCapabilities.IdempotentSends) ? RetryBackoff.Delay(Math.Max(1, row.StepAttempts), random)
        : capabilities.HasFlag(SenderCapabilities.Receipts) ? options.InDoubtDeadline
        : options.InDoubtGracePeriod;
}
