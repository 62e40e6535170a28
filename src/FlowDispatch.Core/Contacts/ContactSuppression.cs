namespace FlowDispatch.Contacts;

/// <summary>Why a contact may not be written to; the strongest reason counts.</summary>
public enum ContactSuppression
{
    /// <summary>It may be written to.</summary>
    None = 0,

    /// <summary>The person opted out; automations that do not respect opt-outs may write all the same.</summary>
    OptedOut = 1,

    /// <summary>Blocked by the organization.</summary>
    Blocked = 2,

    /// <summary>Deleted by the organization.</summary>
    Deleted = 3,
}
