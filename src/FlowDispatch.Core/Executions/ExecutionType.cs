namespace FlowDispatch.Executions;

/// <summary>What an execution was started by.</summary>
public enum ExecutionType
{
    /// <summary>A person or the host.</summary>
    Manual = 0,

    /// <summary>A schedule.</summary>
    Scheduled = 1,

    /// <summary>An event or a webhook.</summary>
    Trigger = 2,
}
