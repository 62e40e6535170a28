namespace FlowDispatch.Nodes;

/// <summary>The store's clock as this node knows it, so that nodes whose clocks differ decide alike. Timers and timestamps are the node's own.</summary>
/// <param name="local">The node's clock.</param>
internal sealed class StoreClock(TimeProvider local) : TimeProvider
{
    private static readonly TimeSpan Unsure = TimeSpan.FromMilliseconds(50);

    private long _offset;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => local.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => local.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => local.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));

    /// <inheritdoc />
    public override long GetTimestamp() => local.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        local.CreateTimer(callback, state, dueTime, period);

    /// <summary>The store's clock showed <paramref name="shown"/> at some instant since <paramref name="asked"/>, a timestamp.</summary>
    public void Set(DateTimeOffset shown, long asked)
    {
        // Half-way between question and answer; where these lie far apart, what is known already is better.
        var half = local.GetElapsedTime(asked) / 2;
        if (half <= Unsure || Interlocked.Read(ref _offset) == 0)
        {
            Interlocked.Exchange(ref _offset, (shown + half - local.GetUtcNow()).Ticks);
        }
    }
}
