namespace FlowDispatch.Automations;

/// <summary>The choices of a window policy.</summary>
public enum WindowPolicyKind
{
    /// <summary>The start is refused.</summary>
    Reject = 0,

    /// <summary>People without an open conversation are skipped.</summary>
    Skip = 1,

    /// <summary>People without an open conversation get a template first.</summary>
    Template = 2,

    /// <summary>It is sent all the same; the provider decides.</summary>
    Allow = 3,
}
