using FlowDispatch.Contacts;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>A claimed recipient.</summary>
/// <param name="Recipient">Its row as it was claimed.</param>
/// <param name="Suppression">Whether its contact may be written to, read with the claim.</param>
/// <param name="ConversationAt">When the person last wrote on the execution's channel; null if never.</param>
/// <param name="FromQueue">True when it came from the due queue, false when from a slice.</param>
public sealed record WorkItem(Recipient Recipient, ContactSuppression Suppression, DateTimeOffset? ConversationAt, bool FromQueue);
