namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryLimits(Tables tables) : ILimitStore
{
    private readonly Dictionary<string, DateTimeOffset> _free = [];
    private readonly Dictionary<string, List<DateTimeOffset>> _counts = [];

    public Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(spacing, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, TimeSpan.Zero);
        lock (tables.Gate)
        {
            var now = tables.Now;
            var next = _free.TryGetValue(key, out var free) && free > now ? free : now;
            var permits = new List<DateTimeOffset>();
            while (permits.Count < count && next <= now + horizon)
            {
                permits.Add(next);
                next += spacing;
            }

            _free[key] = next;
            return Task.FromResult(new PermitGrant(permits, next));
        }
    }

    public Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (!_free.TryGetValue(key, out var free) || free < until)
            {
                _free[key] = until;
            }
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> CountAsync(string key, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            var counts = _counts.TryGetValue(key, out var known) ? known : _counts[key] = [];
            counts.RemoveAll(at => at <= now - period);
            if (counts.Count >= count)
            {
                return Task.FromResult<DateTimeOffset?>(counts[counts.Count - count] + period);
            }

            counts.Add(now);
            return Task.FromResult<DateTimeOffset?>(null);
        }
    }

    public Task UncountAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (_counts.TryGetValue(key, out var counts) && counts.Count > 0)
            {
                counts.RemoveAt(counts.Count - 1);
            }
        }

        return Task.CompletedTask;
    }
}
