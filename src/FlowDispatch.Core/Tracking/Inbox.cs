using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>Where receipts and replies are handed in, by the webhooks or by a host that gets them in another way. Safe for many threads.</summary>
public sealed class Inbox
{
    private const int MostAtOnce = 10_000;

    private readonly IStore _store;
    private readonly ReceiptReceiver _receiver;
    private readonly NodeSignal _signal;
    private readonly TimeProvider _time;
    private readonly Meters _meters;

    internal Inbox(IStore store, ReceiptReceiver receiver, NodeSignal signal, TimeProvider time, Meters meters)
    {
        _store = store;
        _receiver = receiver;
        _signal = signal;
        _time = time;
        _meters = meters;
    }

    /// <summary>Keeps events until they are settled. Once this returns they survive a crash, so the provider may be told "received".</summary>
    /// <remarks>
    /// Handing the same in again is harmless: after an exception do that with all of them. A host that hands in what
    /// providers tell it in another way than by the webhooks calls <see cref="ReceiptReceiver.Announce"/> when it begins.
    /// </remarks>
    /// <param name="events">In the order they came; any number.</param>
    /// <param name="cancellationToken">Gives up; some of more than 10,000 may have been kept.</param>
    public async Task ReceiveAsync(IReadOnlyList<InboundEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var span = Spans.Receive(events.Count);
        try
        {
            foreach (var part in events.Chunk(MostAtOnce))
            {
                await _store.Inbox.AppendAsync(part, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
                _meters.Inbox.Kept(part);
            }
        }
        catch
        {
            // The provider tells it again when it likes; until then silence about a message proves nothing.
            _receiver.ReportMissed();
            throw;
        }

        if (events.Count > 0)
        {
            _signal.Inbox.Set();
        }
    }
}
