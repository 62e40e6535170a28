namespace FlowDispatch.Automations;

/// <summary>Whose clock an execution window is read by.</summary>
public enum WindowTimeZoneMode
{
    /// <summary>The automation's time zone.</summary>
    Automation = 0,

    /// <summary>Each recipient's own.</summary>
    Recipient = 1,
}
