using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>Whom something that came in is about.</summary>
/// <param name="Id">Whose.</param>
/// <param name="MayHaveReplied">False where nobody's reply is on its row yet; true where there is one, or where the store did not look.</param>
public readonly record struct FoundRecipient(RecipientId Id, bool MayHaveReplied);
