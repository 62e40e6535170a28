using FlowDispatch.Nodes;

namespace FlowDispatch.Tracking;

/// <summary>This process's part in taking receipts in. Whether silence about a message proves anything depends on it. Safe for many threads.</summary>
/// <remarks>
/// A process that takes receipts in says so to the store every five seconds. A message in doubt is repeated on the
/// evidence that receipts came in all the time; a gap of more than 15 s, a crash, and a report that was missed are outages
/// that leave no such evidence.
/// </remarks>
public sealed class ReceiptReceiver
{
    private volatile bool _announced;
    private int _missed;

    internal ReceiptReceiver(WorkQueue work) => News = new(work);

    internal AsyncSignal News { get; }

    internal bool Announced => _announced;

    /// <summary>Says that from the host's start on providers reach this process. <c>MapFlowDispatchWebhooks</c> does; so must a host that takes their reports in otherwise.</summary>
    public void Announce()
    {
        _announced = true;
        News.Set();
    }

    /// <summary>Says that a provider's report came here and could not be kept. <see cref="Inbox.ReceiveAsync"/> does where it fails; so must a host for what it could not read.</summary>
    public void ReportMissed()
    {
        Interlocked.Exchange(ref _missed, 1);
        News.Set();
    }

    internal bool TakeMissed() => Interlocked.Exchange(ref _missed, 0) != 0;
}
