using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>A part of where a contact is a recipient.</summary>
/// <param name="Recipients">As users see them; at most 500, none where this part of the search found none.</param>
/// <param name="Next">Where the search goes on, in the store's own words; null at the end.</param>
public sealed record RecipientTrace(IReadOnlyList<Recipient> Recipients, string? Next);
