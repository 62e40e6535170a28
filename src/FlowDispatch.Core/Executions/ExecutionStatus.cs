namespace FlowDispatch.Executions;

/// <summary>Where an execution is in its life.</summary>
public enum ExecutionStatus
{
    /// <summary>Started; no node has begun.</summary>
    Queued = 0,

    /// <summary>Being planned or sent.</summary>
    Running = 1,

    /// <summary>Stopped for now.</summary>
    Paused = 2,

    /// <summary>Every recipient's run has ended.</summary>
    Completed = 3,

    /// <summary>It could not go on as a whole.</summary>
    Failed = 4,

    /// <summary>Stopped for good.</summary>
    Cancelled = 5,
}
