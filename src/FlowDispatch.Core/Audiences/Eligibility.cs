using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;

namespace FlowDispatch.Audiences;

/// <summary>Whether a contact may be written to: the one rule of planning, preview and the gate before each send.</summary>
internal static class Eligibility
{
    /// <summary>Why not; null where it may.</summary>
    public static (string Code, string Message)? Refusal(ContactSuppression suppression, AutomationSettings settings) => suppression switch
    {
        ContactSuppression.Deleted => (ReasonCodes.Deleted, "The contact was deleted."),
        ContactSuppression.Blocked => (ReasonCodes.Blocked, "The contact is blocked."),
        ContactSuppression.OptedOut when settings.RespectOptOut => (ReasonCodes.OptedOut, "The person opted out."),
        _ => null,
    };
}
