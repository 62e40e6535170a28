namespace FlowDispatch.Scheduling;

/// <summary>The part of each local day in which first messages may leave; it may span midnight.</summary>
/// <remarks>
/// Whether it is open is asked of the wall clock alone. So an hour that daylight saving skips is missing from it, and one
/// that occurs twice is in it twice.
/// </remarks>
/// <param name="Start">Its first instant.</param>
/// <param name="End">The first instant after it; never equal to <paramref name="Start"/>.</param>
public sealed record ExecutionWindow(TimeOnly Start, TimeOnly End)
{
    /// <summary>Whether the window is open at <paramref name="local"/>.</summary>
    public bool Contains(TimeOnly local) =>
        Start < End ? local >= Start && local < End : local >= Start || local < End;

    /// <summary>The earliest instant, <paramref name="now"/> or later, at which the window is open in <paramref name="zone"/>.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset now, TimeZoneInfo zone) => Next(now, zone, open: true);

    /// <summary>The earliest instant, <paramref name="now"/> or later, at which the window is closed in <paramref name="zone"/>.</summary>
    public DateTimeOffset NextClosing(DateTimeOffset now, TimeZoneInfo zone) => Next(now, zone, open: false);

    // It turns where the wall clock comes to a bound, or where the clock is set and jumps past one. As long as the offset
    // holds, the first bound ahead is the answer; where it changes before that, the instant of the change is looked at.
    private DateTimeOffset Next(DateTimeOffset now, TimeZoneInfo zone, bool open)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var at = now.ToUniversalTime();
        while (true)
        {
            var offset = zone.GetUtcOffset(at);
            var local = TimeOnly.FromDateTime(at.UtcDateTime + offset);
            if (Contains(local) == open)
            {
                return at;
            }

            var bound = at + ((open ? Start : End) - local);
            if (zone.GetUtcOffset(bound) == offset)
            {
                return bound;
            }

            at = ChangeBetween(at, bound, offset, zone);
        }
    }

    /// <summary>The first whole second with another offset than <paramref name="offset"/>, which holds at <paramref name="before"/> and not at <paramref name="after"/>.</summary>
    private static DateTimeOffset ChangeBetween(DateTimeOffset before, DateTimeOffset after, TimeSpan offset, TimeZoneInfo zone)
    {
        var (low, high) = (before.ToUnixTimeSeconds(), after.ToUnixTimeSeconds() + 1);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(middle)) == offset)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return DateTimeOffset.FromUnixTimeSeconds(high);
    }
}
