namespace FlowDispatch.Sample.Simulator;

/// <summary>So many messages in any second, for each business number: a moving second, which a burst across the full second cannot cheat.</summary>
internal sealed class Throttle
{
    private readonly Dictionary<string, Queue<long>> _taken = [];

    public void Clear() => _taken.Clear();

    public bool TryTake(string phoneNumberId, int perSecond, long nowMs)
    {
        if (!_taken.TryGetValue(phoneNumberId, out var times))
        {
            _taken[phoneNumberId] = times = new Queue<long>();
        }

        while (times.TryPeek(out var oldest) && oldest <= nowMs - 1000)
        {
            times.Dequeue();
        }

        if (times.Count >= perSecond)
        {
            return false;
        }

        times.Enqueue(nowMs);
        return true;
    }
}
