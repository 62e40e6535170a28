using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;

namespace FlowDispatch.Tracking;

/// <summary>Where receipts and replies are handed in, by the webhooks or by a host that gets them in another way. Safe for many threads.</summary>
public sealed class Inbox
{
    private const int MostAtOnce = 10_000;

    private readonly InboxWriter _writer;
    private readonly ReceiptReceiver _receiver;
    private readonly NodeSignal _signal;
    private readonly Meters _meters;

    internal Inbox(InboxWriter writer, ReceiptReceiver receiver, NodeSignal signal, Meters meters)
    {
        _writer = writer;
        _receiver = receiver;
        _signal = signal;
        _meters = meters;
    }

    /// <summary>Keeps events until they are settled. Once this returns they survive a crash, so the provider may be told "received".</summary>
    /// <remarks>
    /// Handing the same in again is harmless: after an exception do that with all of them. What is handed in by many callers
    /// at once is written together, so that calls of one event each cost little more than one call of all. A host that hands in what
    /// providers tell it in another way than by the webhooks calls <see cref="ReceiptReceiver.Announce"/> when it begins.
    /// </remarks>
    /// <param name="events">In the order they came; any number.</param>
    /// <param name="cancellationToken">Gives up; some or all may have been kept.</param>
    public async Task ReceiveAsync(IReadOnlyList<InboundEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var span = Spans.Receive(events.Count);
        try
        {
            foreach (var part in events.Chunk(MostAtOnce))
            {
                await _writer.AppendAsync(part, cancellationToken).ConfigureAwait(false);
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
