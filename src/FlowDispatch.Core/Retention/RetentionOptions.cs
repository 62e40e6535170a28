namespace FlowDispatch.Retention;

/// <summary>What nodes prune by themselves.</summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// How long executions are kept after they ended; nodes prune older ones every hour. Default null: for ever. 1 to 3,650
    /// days, and longer than any frequency cap's period.
    /// </summary>
    public TimeSpan? KeepFinishedExecutions { get; set; }
}
