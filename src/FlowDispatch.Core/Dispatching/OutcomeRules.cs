using FlowDispatch.Automations;
using FlowDispatch.Doubts;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;

namespace FlowDispatch.Dispatching;

/// <summary>Turns a sender's results into moves of rows, by the automation's retry settings.</summary>
internal sealed class OutcomeRules(FlowProgram program, AutomationSettings settings, DoubtRules doubts, Random random)
{
    public SendOutcome Of(Candidate candidate, SendResult result, DateTimeOffset now) =>
        result is SendResult.Accepted accepted ? Taken(candidate, accepted, now) : NotTaken(candidate, result, now);

    private SendOutcome Taken(Candidate candidate, SendResult.Accepted accepted, DateTimeOffset now)
    {
        var next = program.After(candidate.Node, candidate.Opening, now);
        return new(candidate, accepted, row => RecipientRules.Accept(row, candidate.Attempt, accepted.ProviderMessageId, now, next, candidate.HandedOverAt));
    }

    private SendOutcome NotTaken(Candidate candidate, SendResult result, DateTimeOffset now)
    {
        var attempt = candidate.Attempt;
        switch (result)
        {
            case SendResult.Rejected rejected:
                return new(candidate, result, row => RecipientRules.Fail(row, attempt, rejected.Code, rejected.Reason, now, null, candidate.HandedOverAt));

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

                return new(candidate, result, row => RecipientRules.Fail(row, attempt, failed.Code, failed.Reason, now, retryAt, candidate.HandedOverAt));

            case SendResult.Throttled throttled:
                return new(candidate, result, row => RecipientRules.Defer(row, now + throttled.RetryAfter, ReasonCodes.ChannelRate));

            case SendResult.ChannelRefused:
                return new(candidate, result, row => RecipientRules.Defer(row, now, ReasonCodes.Paused));

            case SendResult.InDoubt doubt:
                var checkAt = doubts.Idempotent
                    ? now + RetryBackoff.Delay(Math.Max(1, candidate.Row.StepAttempts), random)
                    : doubts.LookAt(candidate.Row.StepAttempts + 1, now);
                return new(candidate, result, row => row.Status == RecipientStatus.InDoubt && row.Attempts == attempt
                    ? RecipientRules.Defer(row, checkAt, ReasonCodes.AwaitingReceipt)
                    : RecipientRules.Doubt(row, attempt, doubt.Reason, now, checkAt, candidate.HandedOverAt));

            default:
                throw new ArgumentOutOfRangeException(nameof(result), result, "A sender answers with one of the cases of SendResult.");
        }
    }
}
