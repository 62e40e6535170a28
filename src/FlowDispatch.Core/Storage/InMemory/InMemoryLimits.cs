namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryLimits(Tables tables) : ILimitStore
{
    private readonly Dictionary<string, Cap> _caps = [];

    public Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(spacing, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, TimeSpan.Zero);
        lock (tables.Gate)
        {
            var now = tables.Now;
            var bucket = BucketOf(key);
            var grant = bucket.Pace.Grant(bucket.LastAt, spacing, count, horizon, now);
            bucket.LastAt = grant.Permits.Count > 0 ? grant.Permits[^1] : bucket.LastAt;
            return Task.FromResult(grant);
        }
    }

    public Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var bucket = BucketOf(key);
            bucket.Pace = bucket.Pace.Throttled(until, tables.Now);
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            var cap = _caps.TryGetValue(key, out var known) ? known : _caps[key] = new();

            // Another automation may ask about the same people over a longer time; what it still counts stays.
            cap.Longest = period > cap.Longest ? period : cap.Longest;
            cap.Counts.RemoveAll(c => c.At <= now - cap.Longest);
            var others = cap.Counts.FindAll(c => c.Holder != holder);
            if (others.Count >= count && others[^count].At > now - period)
            {
                return Task.FromResult<DateTimeOffset?>(others[^count].At + period);
            }

            cap.Counts.RemoveAll(c => c.Holder == holder);
            cap.Counts.Add((now, holder));
            return Task.FromResult<DateTimeOffset?>(null);
        }
    }

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> PeekAsync(
        IReadOnlyCollection<string> keys, int count, TimeSpan period, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            var full = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            foreach (var key in keys)
            {
                if (_caps.TryGetValue(key, out var cap) && cap.Counts.Count >= count && cap.Counts[^count].At > now - period)
                {
                    full[key] = cap.Counts[^count].At + period;
                }
            }

            return Task.FromResult<IReadOnlyDictionary<string, DateTimeOffset>>(full);
        }
    }

    public Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (_caps.TryGetValue(key, out var cap))
            {
                cap.Counts.RemoveAll(c => c.Holder == holder);
            }
        }

        return Task.CompletedTask;
    }

    private BucketEntry BucketOf(string key) => tables.Buckets.TryGetValue(key, out var bucket) ? bucket : tables.Buckets[key] = new();

    private sealed class Cap
    {
        public TimeSpan Longest { get; set; }

        public List<(DateTimeOffset At, string Holder)> Counts { get; } = [];
    }
}
