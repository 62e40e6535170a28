namespace FlowDispatch.AspNetCore;

/// <summary>What a caller may do; each role may do all that the ones before it may.</summary>
public enum FlowDispatchRole
{
    /// <summary>Reads, but exports nothing.</summary>
    Viewer = 0,

    /// <summary>Creates, edits, starts, controls and exports.</summary>
    Operator = 1,

    /// <summary>Deletes.</summary>
    Admin = 2,
}
