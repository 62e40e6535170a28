using FlowDispatch.Flows;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Dispatching;

/// <summary>Turns a sender's results into moves of rows, by the automation's retry settings.</summary>
internal sealed class OutcomeRules(FlowProgram program, Automations.AutomationSettings settings, NodeOptions options, SenderCapabilities capabilities, DateTimeOffset started, Random random)
{
    /// <summary>How soon evidence is asked for again where the store can't tell yet.</summary>
    private static readonly TimeSpan LookAgain = ReceiptEvidence.BeatInterval;

    /// <summary>How long after the deadline such evidence is still waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a sender may take, where it is not known when it was called.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(5);

    public SendOutcome Of(Candidate candidate, SendResult result, DateTimeOffset now)
    {
        var attempt = candidate.Attempt;
        switch (result)
        {
            case SendResult.Accepted accepted:
                var next = program.After(candidate.Node, candidate.Opening, now);
                return new(candidate, result, row => RecipientRules.Accept(row, attempt, accepted.ProviderMessageId, now, next, candidate.HandedOverAt));

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
                var checkAt = Idempotent
                    ? now + RetryBackoff.Delay(Math.Max(1, candidate.Row.StepAttempts), random)
                    : LookAt(candidate.Row.StepAttempts + 1, now);
                return new(candidate, result, row => row.Status == RecipientStatus.InDoubt && row.Attempts == attempt
                    ? RecipientRules.Defer(row, checkAt, ReasonCodes.AwaitingReceipt)
                    : RecipientRules.Doubt(row, attempt, doubt.Reason, now, checkAt, candidate.HandedOverAt));

            default:
                throw new ArgumentOutOfRangeException(nameof(result), result, "A sender answers with one of the cases of SendResult.");
        }
    }

    /// <summary>What evidence about a claimed recipient in doubt would have to cover; null where it is too early for any, or none could help.</summary>
    public EvidenceSpan? SpanOf(Recipient row, DateTimeOffset now)
    {
        if (Idempotent || !Receipts || !MayRepeat(row.StepAttempts) || row.InDoubtSince is not { } since || now < LookAt(row.StepAttempts, since))
        {
            return null;
        }

        // Where the process died nobody knows when it called the sender: since its lease ended, at most one more lease and a
        // sweep ago, it did not; and a recipient was never called before it was planned.
        var earliest = since - LongestCall - (2 * options.LeaseDuration);
        return new(row.AttemptedAt ?? (row.CreatedAt > earliest ? row.CreatedAt : earliest), row.AttemptedAt ?? since, since + options.InDoubtGracePeriod);
    }

    /// <summary>What is to be done with a claimed recipient in doubt: null to send the same attempt again.</summary>
    /// <param name="row">As it was claimed.</param>
    /// <param name="now">When it is decided.</param>
    /// <param name="evidence">What the store knows about <see cref="SpanOf"/>; none where that is null.</param>
    public Func<Recipient, RecipientChange>? Settle(Recipient row, DateTimeOffset now, Evidence evidence)
    {
        var since = row.InDoubtSince ?? now;
        if (Idempotent)
        {
            // Again under the same key, until it can't be hoped any more that an answer comes.
            return now < since + options.InDoubtDeadline ? null : RecipientRules.Hold;
        }

        var decisionAt = DecisionAt(since);
        DateTimeOffset? waitUntil =
            now < LookAt(row.StepAttempts, since) ? LookAt(row.StepAttempts, since)
            : evidence == Evidence.NotYet && now < decisionAt + Patience ? now + LookAgain
            : evidence != Evidence.Found && now < decisionAt ? decisionAt
            : null;
        if (waitUntil is null && Receipts && evidence != Evidence.Found && options.InDoubtPolicy == InDoubtPolicy.Repeat && now < started + options.InDoubtGracePeriod)
        {
            // Nobody may have been up to be told: what the provider tells again now may settle it yet.
            waitUntil = started + options.InDoubtGracePeriod;
        }

        var repeat = MayRepeat(row.StepAttempts) && (evidence == Evidence.Found || options.InDoubtPolicy == InDoubtPolicy.Repeat);
        return claimed => claimed.Status != RecipientStatus.InDoubt
            ? new() { After = claimed, DueAt = claimed.Open ? now : null } // a receipt settled it between claim and write
            : waitUntil is { } until ? RecipientRules.Defer(claimed, until, ReasonCodes.AwaitingReceipt)
            : repeat ? RecipientRules.Repeat(claimed, now, evidence == Evidence.Found)
            : RecipientRules.Hold(claimed);
    }

    private bool Idempotent => capabilities.HasFlag(SenderCapabilities.IdempotentSends);

    private bool Receipts => capabilities.HasFlag(SenderCapabilities.Receipts);

    private bool MayRepeat(int stepAttempts) => settings.RetryFailed && stepAttempts <= settings.MaxRetries;

    private DateTimeOffset LookAt(int stepAttempts, DateTimeOffset since) =>
        Receipts && MayRepeat(stepAttempts) ? since + options.InDoubtGracePeriod : DecisionAt(since);

    private DateTimeOffset DecisionAt(DateTimeOffset since) =>
        since + (Receipts ? options.InDoubtDeadline : options.InDoubtGracePeriod);
}
