namespace FlowDispatch.Testing.Simulations;

/// <summary>A node's own clock: it shows another time than the world's, and its timers die with the node.</summary>
internal sealed class NodeClock(World world, SimulatedNode node, TimeSpan offset) : TimeProvider
{
    public TimeSpan Offset { get; } = offset;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => world.Now + Offset;

    // No node's monotonic clock began when another's did.
    public override long GetTimestamp() => world.Clock.GetTimestamp() + TimeSpan.TicksPerHour + Offset.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.Clock.CreateTimer(_ => world.Post(node, () => callback(state)), null, dueTime, period);
}
