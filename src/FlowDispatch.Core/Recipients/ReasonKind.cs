namespace FlowDispatch.Recipients;

/// <summary>What a reason tells of a recipient.</summary>
public enum ReasonKind
{
    /// <summary>How far its message came.</summary>
    Status = 0,

    /// <summary>What it waits for.</summary>
    Waiting = 1,

    /// <summary>Why it is never sent to.</summary>
    Skipped = 2,

    /// <summary>Why its message failed.</summary>
    Failed = 3,
}
