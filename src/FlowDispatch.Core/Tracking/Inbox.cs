using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>Where receipts and replies are handed in, by the webhooks or by a host that gets them in another way. Safe for many threads.</summary>
public sealed class Inbox
{
    private const int MostAtOnce = 10_000;

    private readonly IStore _store;
    private readonly NodeSignal _signal;
    private readonly TimeProvider _time;
    private readonly Meters _meters;

    internal Inbox(IStore store, NodeSignal signal, TimeProvider time, Meters meters)
    {
        _store = store;
        _signal = signal;
        _time = time;
        _meters = meters;
    }

    /// <summary>Keeps events until they are settled. Once this returns they survive a crash, so the provider may be told "received".</summary>
    /// <remarks>Handing the same in again is harmless: after an exception do that with all of them.</remarks>
    /// <param name="events">In the order they came; any number.</param>
    /// <param name="cancellationToken">Gives up; some of more than 10,000 may have been kept.</param>
    public async Task ReceiveAsync(IReadOnlyList<InboundEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var span = Spans.Receive(events.Count);
        foreach (var part in events.Chunk(MostAtOnce))
        {
            await _store.Inbox.AppendAsync(part, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            _meters.Inbox.Kept(part);
        }

        if (events.Count > 0)
        {
            _signal.Inbox.Set();
        }
    }
}
