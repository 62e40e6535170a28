using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Doubts;

/// <summary>Judges whether the silence about an attempt proves that it was not taken.</summary>
/// <remarks>
/// It does where receipts were taken in without an outage from before the attempt until its grace time ended, and one for a
/// later attempt on its channel came in: then its own would have come, too. After an outage it would not, since providers
/// tell what was not acknowledged ever more rarely.
/// </remarks>
internal static class ReceiptEvidence
{
    /// <summary>How often receivers beat.</summary>
    public static TimeSpan BeatInterval { get; } = TimeSpan.FromSeconds(5);

    public static async Task<Evidence> FindAsync(IReceiverStore store, string channelId, AttemptId attempt, EvidenceSpan span, CancellationToken cancellationToken) =>
        Judge(await store.ReadAsync(channelId, attempt, span.From, span.Until, cancellationToken).ConfigureAwait(false), span);

    /// <summary>A pure function of what the store knows.</summary>
    public static Evidence Judge(ReceiptRecord record, EvidenceSpan span)
    {
        if (record.Now - span.From > ReceiverStretch.Kept)
        {
            return Evidence.None;
        }

        if (record.Now < span.Until || record.Unsettled)
        {
            return Evidence.NotYet;
        }

        return record.LatestAttemptAt > span.After ? Uptime(record, span) : Evidence.None;
    }

    private static Evidence Uptime(ReceiptRecord record, EvidenceSpan span)
    {
        var near = record.Stretches.Where(s => s.LastBeatAt >= span.From - ReceiverStretch.LongestGap).OrderBy(s => s.Since).ToList();
        var silent = near.Where(s => !s.Ended && s.LastBeatAt < span.Until).ToList();
        if (silent.Any(s => record.Now - s.LastBeatAt > ReceiverStretch.LongestGap))
        {
            // One of them died or froze, and what it was being told then is told again only when the provider likes.
            return Evidence.None;
        }

        var covered = span.From;
        foreach (var stretch in near)
        {
            // In the order of their beginnings: where this one leaves a hole, so do all that follow.
            if (stretch.Since <= covered && stretch.LastBeatAt > covered)
            {
                covered = stretch.LastBeatAt;
            }
        }

        return silent.Count > 0 ? Evidence.NotYet
            : covered >= span.Until ? Evidence.Found
            : Evidence.None;
    }
}
