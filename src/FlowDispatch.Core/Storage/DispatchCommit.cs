namespace FlowDispatch.Storage;

/// <summary>Writes of one node under one lease that belong together.</summary>
/// <remarks>
/// The items of a slice are passed in their order: marks and first changes of a commit, taken together with those of
/// earlier commits, leave out nobody before the last one they name.
/// </remarks>
public sealed record DispatchCommit
{
    /// <summary>Its place among the commits of its lease, from 1 and ascending; one that was made already is answered true and not made again.</summary>
    public required long Number { get; init; }

    /// <summary>The number of the commit that must be made before it; 0, the default, where there is none. A node that sends one while the last is on its way must name that, or the last would be taken for made.</summary>
    public long Follows { get; init; }

    /// <summary>Ordinals whose message is handed over after this write; their next attempt is marked.</summary>
    public IReadOnlyList<int> Marks { get; init; } = [];

    /// <summary>Skips, deferrals and outcomes of claimed recipients.</summary>
    public IReadOnlyList<ClaimedChange> Changes { get; init; } = [];
}
