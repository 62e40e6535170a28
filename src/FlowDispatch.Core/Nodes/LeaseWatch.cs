using FlowDispatch.Storage;

namespace FlowDispatch.Nodes;

/// <summary>A lease as the node that holds it sees it: how long it may still be believed in, by the monotonic clock.</summary>
internal sealed class LeaseWatch(DispatchLease lease, TimeSpan duration, long renewedAt, TimeProvider time)
{
    private long _renewedAt = renewedAt;
    private long _unsentSince = long.MaxValue;
    private volatile bool _lost;

    public DispatchLease Lease { get; } = lease;

    /// <summary>Since when it was not renewed.</summary>
    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _renewedAt));

    /// <summary>False once the store said so, or when the last renewal is so long ago that the store may say so any moment.</summary>
    public bool Holds => !_lost && Age < duration - Margin;

    /// <summary>A timestamp before the oldest claim of anybody who is not sent yet; the greatest there is while there is nobody.</summary>
    public long UnsentSince
    {
        get => Interlocked.Read(ref _unsentSince);
        set => Interlocked.Exchange(ref _unsentSince, value);
    }

    /// <summary>A renewal that was asked for at <paramref name="startedAt"/> succeeded.</summary>
    public void Renewed(long startedAt) => Interlocked.Exchange(ref _renewedAt, startedAt);

    public void Lose() => _lost = true;

    // A lease of 3 s or more, less what a hand-over and a drifting clock may take.
    private TimeSpan Margin => duration / 10;
}
