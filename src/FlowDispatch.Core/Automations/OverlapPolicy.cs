namespace FlowDispatch.Automations;

/// <summary>What a trigger does while an execution of its automation is open.</summary>
public enum OverlapPolicy
{
    /// <summary>Starts another beside it.</summary>
    Allow = 0,

    /// <summary>Does nothing.</summary>
    Skip = 1,

    /// <summary>Starts when the open one has ended.</summary>
    Queue = 2,
}
