namespace FlowDispatch.Scheduling;

/// <summary>The part of each local day in which first messages may leave; it may span midnight.</summary>
/// <param name="Start">Its first instant.</param>
/// <param name="End">The first instant after it; never equal to <paramref name="Start"/>.</param>
public sealed record ExecutionWindow(TimeOnly Start, TimeOnly End)
{
    /// <summary>Whether the window is open at <paramref name="local"/>.</summary>
    public bool Contains(TimeOnly local) =>
        Start < End ? local >= Start && local < End : local >= Start || local < End;

    /// <summary>The earliest instant, <paramref name="now"/> or later, at which the window is open in <paramref name="zone"/>.</summary>
    /// <remarks>
    /// A start that daylight saving skips opens at the next valid instant; one that occurs twice opens at the first.
    /// A day on which the whole window is skipped has none.
    /// </remarks>
    public DateTimeOffset NextOpening(DateTimeOffset now, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        var local = TimeZoneInfo.ConvertTime(now, zone);
        if (Contains(TimeOnly.FromDateTime(local.DateTime)))
        {
            return now;
        }

        var day = DateOnly.FromDateTime(local.DateTime);
        for (var ahead = 0; ahead <= 2; ahead++)
        {
            var opening = LocalTime.ToInstant(day.AddDays(ahead).ToDateTime(Start), zone);
            if (opening > now && Contains(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(opening, zone).DateTime)))
            {
                return opening;
            }
        }

        // Reached only where daylight saving swallows a whole short window: look on at the following day's start.
        return LocalTime.ToInstant(day.AddDays(3).ToDateTime(Start), zone);
    }
}
