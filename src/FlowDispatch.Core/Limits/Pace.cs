using FlowDispatch.Storage;

namespace FlowDispatch.Limits;

/// <summary>How fast a bucket may go after its provider asked for pauses; the default one was never asked and goes at full pace. Pure: stores keep its two instants.</summary>
/// <remarks>
/// Nothing before <see cref="HeldUntil"/>, then half the pace that there was, and from then on a twentieth of the full pace
/// more each second, until it is full again. Never below a sixteenth, never above the full pace.
/// </remarks>
/// <param name="HeldUntil">Nothing is handed out before it, by the store's clock.</param>
/// <param name="FullAt">From when on the pace is full again; not before <paramref name="HeldUntil"/>.</param>
public readonly record struct Pace(DateTimeOffset HeldUntil, DateTimeOffset FullAt)
{
    // The pace at an instant is the part of this time that has passed of the road from a standstill to full. In whole ticks,
    // so that every store reckons alike.
    private const long Full = 20 * TimeSpan.TicksPerSecond;
    private const long Least = Full / 16;

    /// <summary>What a throttle answer leaves of it.</summary>
    /// <remarks>Many messages of one burst are throttled at once: while the hold lasts, a further answer can make it longer, and slows no further.</remarks>
    /// <param name="until">Until when the provider wants nothing; one that is not ahead asks for nothing and changes nothing.</param>
    /// <param name="now">The present instant, by the store's clock.</param>
    public Pace Throttled(DateTimeOffset until, DateTimeOffset now)
    {
        if (until <= now || until <= HeldUntil)
        {
            return this;
        }

        return new(until, until + (now < HeldUntil ? FullAt - HeldUntil : TimeSpan.FromTicks(Full - Math.Max(At(now) / 2, Least))));
    }

    /// <summary>The permits that a bucket hands out when it is asked.</summary>
    /// <param name="lastAt">Its last permit so far; null before the first.</param>
    /// <param name="spacing">The least time between two at full pace; more than zero.</param>
    /// <param name="count">Most permits.</param>
    /// <param name="horizon">How far ahead they may lie.</param>
    /// <param name="now">The present instant, by the store's clock.</param>
    public PermitGrant Grant(DateTimeOffset? lastAt, TimeSpan spacing, int count, TimeSpan horizon, DateTimeOffset now)
    {
        var next = HeldUntil > now ? HeldUntil : now;
        if (lastAt is { } last && After(last, spacing) is var due && due > next)
        {
            next = due;
        }

        var permits = new List<DateTimeOffset>();
        for (; permits.Count < count && next <= now + horizon; next = After(next, spacing))
        {
            permits.Add(next);
        }

        return new(permits, next, now);
    }

    private DateTimeOffset After(DateTimeOffset permit, TimeSpan spacing)
    {
        var pace = At(permit);
        return permit.AddTicks((long)((((Int128)spacing.Ticks * Full) + pace - 1) / pace));
    }

    private long At(DateTimeOffset instant) => Math.Clamp(Full - (FullAt - (instant > HeldUntil ? instant : HeldUntil)).Ticks, Least, Full);
}
