namespace FlowDispatch.Storage;

/// <summary>Recipients planned together.</summary>
public sealed record PlanBatch
{
    /// <summary>At most 5,000, no contact twice.</summary>
    public required IReadOnlyList<PlannedRecipient> Recipients { get; init; }

    /// <summary>Where planning goes on after these.</summary>
    public required string? Position { get; init; }

    /// <summary>True when these are the last.</summary>
    public bool Finished { get; init; }

    /// <summary>Most recipients of a slice; 1 to 500.</summary>
    public required int SliceSize { get; init; }

    /// <summary>When they were planned.</summary>
    public required DateTimeOffset At { get; init; }
}
