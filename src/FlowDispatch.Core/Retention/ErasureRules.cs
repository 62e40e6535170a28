using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Retention;

/// <summary>What an erasure does to recipients: pure functions of their rows.</summary>
internal static class ErasureRules
{
    /// <summary>The run ends where it stands; null where it has ended, or a message is in a sender's hands and must be settled first.</summary>
    public static RecipientChange? End(RecipientSituation situation) => situation is { InFlight: false, Recipient: { Open: true, Status: not RecipientStatus.Sending } row }
        ? RecipientRules.Skip(row, ReasonCodes.Deleted, "The contact was erased.")
        : null;

    /// <summary>Lets what is heard later bring no words and no message's id back to a recipient without a number, which an erased one is.</summary>
    public static RecipientChange? Forget(RecipientChange? change) => change is { After.PhoneNumber.Length: 0 }
        ? change with
        {
            After = change.After with { ErrorMessage = null, ProviderMessageId = null },
            Event = change.Event is { } note ? note with { Message = null, ProviderMessageId = null } : null,
        }
        : change;
}
