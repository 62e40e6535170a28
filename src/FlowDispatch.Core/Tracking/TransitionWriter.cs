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
    /// <param name="transitions">Each person's together.</param>
    /// <param name="settled">The entries that they settle.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(List<RecipientTransition> transitions, IReadOnlyList<long> settled, CancellationToken cancellationToken)
    {
        if (settled.Count == 0)
        {
            return;
        }

        if (transitions.Count <= BatchSize && settled.Count <= BatchSize)
        {
            await WriteBatchAsync([.. transitions], settled, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var beside = new ParallelOptions { MaxDegreeOfParallelism = MostLanes, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(Lanes([.. transitions]), beside, async (lane, _) =>
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

    // Nobody is in two lanes.
    private static IEnumerable<ArraySegment<RecipientTransition>> Lanes(RecipientTransition[] transitions)
    {
        var size = Math.Max((transitions.Length + MostLanes - 1) / MostLanes, LeastInLane);
        for (var from = 0; from < transitions.Length;)
        {
            var to = Math.Min(from + size, transitions.Length);
            while (to < transitions.Length && transitions[to].Recipient == transitions[to - 1].Recipient)
            {
                to++;
            }

            yield return new(transitions, from, to - from);
            from = to;
        }
    }
}
