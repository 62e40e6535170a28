namespace FlowDispatch.Contacts;

/// <summary>What became of one <see cref="ContactUpsert"/>.</summary>
/// <param name="Contact">The contact as it now is (a deleted one stays deleted unless it was to be revived).</param>
/// <param name="Created">True when the number was new, or the contact was revived.</param>
public sealed record ContactUpsertResult(Contact Contact, bool Created);
