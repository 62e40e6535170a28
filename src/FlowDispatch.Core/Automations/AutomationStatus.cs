namespace FlowDispatch.Automations;

/// <summary>Where an automation is in its life.</summary>
public enum AutomationStatus
{
    /// <summary>Made, never started.</summary>
    Draft = 0,

    /// <summary>Started; its triggers fire.</summary>
    Active = 1,

    /// <summary>Stopped for now, its executions with it.</summary>
    Paused = 2,

    /// <summary>Its trigger can never fire again.</summary>
    Completed = 3,

    /// <summary>Deleted softly and read-only.</summary>
    Archived = 4,
}
