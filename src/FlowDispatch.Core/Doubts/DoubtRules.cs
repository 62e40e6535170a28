using FlowDispatch.Automations;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Storage;

namespace FlowDispatch.Doubts;

/// <summary>What becomes of attempts without a recorded answer, by what the sender can do, what receipts prove, and the host's policy.</summary>
/// <param name="settings">The automation's, for its retries.</param>
/// <param name="options">The node's.</param>
/// <param name="capabilities">The sender's.</param>
/// <param name="started">Since when this process has been up.</param>
internal sealed class DoubtRules(AutomationSettings settings, NodeOptions options, SenderCapabilities capabilities, DateTimeOffset started)
{
    /// <summary>How soon evidence is asked for again where the store can't tell yet.</summary>
    private static readonly TimeSpan LookAgain = ReceiptEvidence.BeatInterval;

    /// <summary>How long after the deadline such evidence is still waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a sender may take, where it is not known when it was called.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(5);

    /// <summary>Whether an attempt in doubt is simply made again under its key.</summary>
    public bool Idempotent => capabilities.HasFlag(SenderCapabilities.IdempotentSends);

    /// <summary>When somebody in doubt since then is to be looked at.</summary>
    /// <param name="stepAttempts">The attempts at the message, the one in doubt among them.</param>
    /// <param name="since">When the doubt began.</param>
    public DateTimeOffset LookAt(int stepAttempts, DateTimeOffset since) =>
        Receipts && MayRepeat(stepAttempts) ? since + options.InDoubtGracePeriod : DecisionAt(since);

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

    private bool Receipts => capabilities.HasFlag(SenderCapabilities.Receipts);

    private bool MayRepeat(int stepAttempts) => settings.RetryFailed && stepAttempts <= settings.MaxRetries;

    private DateTimeOffset DecisionAt(DateTimeOffset since) =>
        since + (Receipts ? options.InDoubtDeadline : options.InDoubtGracePeriod);
}
