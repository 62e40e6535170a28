using FlowDispatch.Nodes;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>One node at a time settles what came in: all would read the same oldest entries, and settle them in vain but one.</summary>
/// <remarks>
/// The turn is a cap of one holder in any three seconds, by the store's clock. No promise hangs on it: where a round takes
/// longer than that two nodes settle the same, which changes nothing twice. A node that dies is waited for that long.
/// </remarks>
internal sealed class InboxTurn(IStore store, InboxProcessor inbox, NodeName node, TimeProvider time)
{
    private const string Key = "turn:inbox";

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Renewal = Length / 2;

    // Giving a turn back and taking the next is a write each: where little comes in that is once a second.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Each webhook wakes the node that it calls; while it is another's turn the store need not be asked each time.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private long? _taken;
    private long? _refused;

    /// <summary>Settles a round of what is due, unless it is another node's turn.</summary>
    /// <returns>How many entries it was; 0 where nothing is left for this node to do.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!await HoldAsync(cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        int settled;
        try
        {
            settled = await inbox.RunOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It may fail on this node alone, which would renew its turn for good: another one asks before this one does again.
            await GiveBackAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (settled == 0 && IsPast(_taken, Shortest))
        {
            await GiveBackAsync(cancellationToken).ConfigureAwait(false);
        }

        return settled;
    }

    /// <summary>Gives the turn back if it is this node's. Where that fails it ends by itself.</summary>
    public async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        if (_taken is not null)
        {
            _taken = null;
            await store.Limits.UncountAsync(Key, node.Value, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        if (!IsPast(_taken, Renewal))
        {
            return true;
        }

        if (!IsPast(_refused, Patience))
        {
            return false;
        }

        // Most of the time there is nothing, and then nothing is written.
        if (_taken is null && (await store.Inbox.ReadAsync(time.GetUtcNow(), 1, cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            return false;
        }

        var asked = time.GetTimestamp();
        var mine = await store.Limits.CountAsync(Key, node.Value, 1, Length, cancellationToken).ConfigureAwait(false) is null;
        (_taken, _refused) = (mine ? asked : null, mine ? null : asked);
        return mine;
    }

    private bool IsPast(long? instant, TimeSpan age) => instant is not { } since || time.GetElapsedTime(since) >= age;
}
