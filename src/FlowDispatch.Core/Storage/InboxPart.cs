namespace FlowDispatch.Storage;

/// <summary>The replies in a part of the inbox.</summary>
/// <param name="Entries">In no order that means anything; may be none.</param>
/// <param name="Next">Where the reading goes on, in the store's own words; null at the end.</param>
public sealed record InboxPart(IReadOnlyList<InboxEntry> Entries, string? Next);
