using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Tracking;

/// <summary>What an inbox entry is about, as far as it is known.</summary>
internal sealed class InboxMatch(InboxEntry entry)
{
    public InboxEntry Entry { get; } = entry;

    /// <summary>The receipt, where it is one that says how far a message came.</summary>
    public InboundEvent.Receipt? Climb { get; } = entry.Event is InboundEvent.Receipt { Status: not ReceiptStatus.Failed } receipt ? receipt : null;

    /// <summary>The channel it came in on; null when none has its id any more.</summary>
    public Channel? Channel { get; init; }

    /// <summary>Whose message it is about; null when nobody's, or nobody's yet.</summary>
    public RecipientId? Recipient { get; set; }

    /// <summary>The attempt that a receipt names; 0 where it names none.</summary>
    public int Attempt { get; set; }

    /// <summary>Of a reply: false only where nobody's reply is noted of <see cref="Recipient"/> yet, in the store or earlier in the round.</summary>
    public bool MayHaveReplied { get; set; } = true;

    /// <summary>Of a reply: the contacts that have the number, best match first.</summary>
    public IReadOnlyList<ContactId> Contacts { get; set; } = [];

    public void Found(FoundRecipient found)
    {
        Recipient = found.Id;
        MayHaveReplied = found.MayHaveReplied;
    }
}
