namespace FlowDispatch.Sample.Simulator;

/// <summary>What is owed, the next due first. A message is in it once, with its next receipt, in about 50 bytes: a million of them may wait.</summary>
internal sealed class DueQueue(TimeSpan window)
{
    private readonly PriorityQueue<Owed, (long Due, long Order)> _queue = new();
    private readonly long _windowMs = (long)window.TotalMilliseconds;
    private long _order;

    public long? NextDue => _queue.TryPeek(out _, out var key) ? key.Due : null;

    /// <summary>Rounds the time up to whole windows, so that the receipts of a window travel together; what is due already stays so.</summary>
    /// <returns>The rounded time.</returns>
    public long Add(Owed owed, long due, long now)
    {
        var rounded = due <= now ? due : (due + _windowMs - 1) / _windowMs * _windowMs;
        _queue.Enqueue(owed, (rounded, _order++));
        return rounded;
    }

    public bool TryTake(long now, out Owed owed)
    {
        if (_queue.TryPeek(out owed, out var key) && key.Due <= now)
        {
            _queue.Dequeue();
            return true;
        }

        return false;
    }

    public void Clear() => _queue.Clear();
}
