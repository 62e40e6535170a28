namespace FlowDispatch.Scheduling;

/// <summary>Zones by their IANA ids.</summary>
public static class LocalTime
{
    /// <summary>The zone of an IANA id; null when there is none.</summary>
    public static TimeZoneInfo? FindZone(string? id) =>
        !string.IsNullOrWhiteSpace(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}
