namespace FlowDispatch.Storage;

/// <summary>A part of the inbox.</summary>
/// <param name="Entries">In no order that means anything.</param>
/// <param name="Next">Where the reading goes on, in the store's own words; null at the end.</param>
public sealed record InboxPart(IReadOnlyList<InboxEntry> Entries, string? Next);
