namespace FlowDispatch.Scheduling;

/// <summary>Wall-clock times as instants, with one rule for the hours that daylight saving skips or repeats.</summary>
public static class LocalTime
{
    /// <summary>The instant of a wall-clock time: the next valid one where it is skipped, the first where it occurs twice.</summary>
    public static DateTimeOffset ToInstant(DateTime local, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            // The gap's end: the wall clock jumps there, so every skipped time runs at that instant.
            var low = local;
            var high = local.AddHours(3);
            while (high - low > TimeSpan.FromSeconds(1))
            {
                var middle = low + ((high - low) / 2);
                if (zone.IsInvalidTime(middle))
                {
                    low = middle;
                }
                else
                {
                    high = middle;
                }
            }

            local = new DateTime((high.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Unspecified);
            if (zone.IsInvalidTime(local.AddSeconds(-1)) is false)
            {
                local = local.AddSeconds(-1);
            }
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The zone of an IANA id; null when there is none.</summary>
    public static TimeZoneInfo? FindZone(string? id) =>
        !string.IsNullOrWhiteSpace(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}
