namespace FlowDispatch.Automations;

/// <summary>What happens to recipients whose own time zone is unknown.</summary>
public enum UnknownTimeZonePolicy
{
    /// <summary>The automation's zone stands in.</summary>
    Automation = 0,

    /// <summary>They are skipped.</summary>
    Skip = 1,
}
