using System.Globalization;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Connection;

/// <summary>Instants as numbers: ticks since the beginning of 2024.</summary>
/// <remarks>
/// Lua and sorted sets know doubles only. Counted from 2024 a double holds every tick until 2052, so that scripts compare
/// instants to the tick; counted from the year 1 it would be off by a dozen ticks today.
/// </remarks>
internal static class Instant
{
    private static readonly long Epoch = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public static long Of(DateTimeOffset instant) => instant.UtcTicks - Epoch;

    public static DateTimeOffset At(long number) => new(number + Epoch, TimeSpan.Zero);

    public static RedisValue OrEmpty(DateTimeOffset? instant) => instant is { } at ? Of(at) : RedisValue.EmptyString;

    /// <summary>An instant as a script or a sorted set gave it.</summary>
    public static DateTimeOffset Read(RedisValue value) => value.TryParse(out long whole)
        ? At(whole)
        : At((long)double.Parse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture));

    public static DateTimeOffset? ReadOrNull(RedisValue value) => value.IsNullOrEmpty ? null : Read(value);
}
