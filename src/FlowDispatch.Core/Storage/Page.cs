namespace FlowDispatch.Storage;

/// <summary>One page of a listing.</summary>
/// <param name="Items">The rows, in the listing's order.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="NextCursor">Where the next page begins; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total, string? NextCursor);
