using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>A decision about one recipient, made on its row while nobody else can change it.</summary>
/// <param name="Recipient">Whose.</param>
/// <param name="Decide">Null for no change. Without effects of its own, since it may run again.</param>
public sealed record RecipientTransition(RecipientId Recipient, Func<RecipientSituation, RecipientChange?> Decide);
