using FlowDispatch.Diagnostics;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>Writes what a round of the inbox changes, and takes the entries away that it settles: a large one in lanes beside each other, each with people of its own.</summary>
internal sealed class TransitionWriter(IStore store, InboxMeters meters)
{
    private const int BatchSize = 1_000;
    private const int MostLanes = 4;
    private const int LeastInLane = 500;

    /// <summary>Writes all, and only then takes the entries away; in one step where one write does for all.</summary>
    /// <remarks>A crash or a failure before the end may leave some written, and then all entries.</remarks>
    public async Task WriteAsync(IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> settled, CancellationToken cancellationToken)
    {
        if (settled.Count == 0)
        {
            return;
        }

        if (transitions.Count <= BatchSize)
        {
            await WriteBatchAsync([.. transitions], settled, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var beside = new ParallelOptions { MaxDegreeOfParallelism = MostLanes, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Lanes(transitions), beside, async (lane, _) =>
            {
                foreach (var batch in lane.Chunk(BatchSize))
                {
                    await WriteBatchAsync(batch, [], cancellationToken).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
            await store.Inbox.DropAsync(settled, cancellationToken).ConfigureAwait(false);
        }

        meters.Settled(settled.Count);
    }

    private async Task WriteBatchAsync(RecipientTransition[] transitions, IReadOnlyList<long> settled, CancellationToken cancellationToken)
    {
        var watch = meters.Watching();
        await store.Recipients.TransitionAsync(watch is null ? transitions : Array.ConvertAll(transitions, watch.Over), settled, cancellationToken).ConfigureAwait(false);
        watch?.Written();
    }

    // Neighbours together, and each person's in their order: so nobody is in two lanes.
    private static IEnumerable<ArraySegment<RecipientTransition>> Lanes(IReadOnlyList<RecipientTransition> transitions)
    {
        var ordered = transitions.OrderBy(t => t.Recipient.ExecutionNumber).ThenBy(t => t.Recipient.Ordinal).ToArray();
        var size = Math.Max((ordered.Length + MostLanes - 1) / MostLanes, LeastInLane);
        for (var from = 0; from < ordered.Length;)
        {
            var to = Math.Min(from + size, ordered.Length);
            while (to < ordered.Length && ordered[to].Recipient == ordered[to - 1].Recipient)
            {
                to++;
            }

            yield return new(ordered, from, to - from);
            from = to;
        }
    }
}
