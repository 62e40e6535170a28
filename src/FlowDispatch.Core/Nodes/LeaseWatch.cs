using FlowDispatch.Storage;

namespace FlowDispatch.Nodes;

/// <summary>A lease as the node that holds it sees it: how long it may still be believed in, by the monotonic clock.</summary>
internal sealed class LeaseWatch(DispatchLease lease, TimeSpan duration, long renewedAt, TimeProvider time)
{
    private long _renewedAt = renewedAt;
    private long _handSince = long.MaxValue;
    private volatile bool _lost;

    public DispatchLease Lease { get; } = lease;

    /// <summary>Since when it was not renewed.</summary>
    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _renewedAt));

    /// <summary>False once the store said so, or when the last renewal is so long ago that the store may say so any moment.</summary>
    public bool Holds => !_lost && Age < duration - Margin;

    /// <summary>A timestamp before the oldest claim in hand; the greatest there is while the hand is empty.</summary>
    public long HandSince
    {
        get => Interlocked.Read(ref _handSince);
        set => Interlocked.Exchange(ref _handSince, value);
    }

    /// <summary>A renewal that was asked for at <paramref name="startedAt"/> succeeded.</summary>
    public void Renewed(long startedAt) => Interlocked.Exchange(ref _renewedAt, startedAt);

    public void Lose() => _lost = true;

    // A lease of 3 s or more, less what a hand-over and a drifting clock may take.
    private TimeSpan Margin => duration / 10;
}
