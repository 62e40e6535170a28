namespace FlowDispatch.Scheduling;

/// <summary>When the messages of a run will leave, if nothing fails and nobody else uses its limits.</summary>
public sealed record Forecast
{
    /// <summary>Most hours told one by one: a week.</summary>
    public const int MaxHours = 168;

    /// <summary>Messages that will leave.</summary>
    public required long Messages { get; init; }

    /// <summary>Recipients whose turn would come only after the run has expired: they will be skipped.</summary>
    public required long Expired { get; init; }

    /// <summary>When the first leaves; null where none does.</summary>
    public required DateTimeOffset? FirstMessageAt { get; init; }

    /// <summary>When the last has left, or the rest has expired; null where there is nobody, or it is more than about ten years away.</summary>
    public required DateTimeOffset? FinishesAt { get; init; }

    /// <summary>Messages by the hour, from the first message's on to the last one's without a gap; the first <see cref="MaxHours"/> of them.</summary>
    public required IReadOnlyList<ForecastHour> Hours { get; init; }

    /// <summary>True where messages leave after the last of <see cref="Hours"/>.</summary>
    public required bool HoursTruncated { get; init; }
}
