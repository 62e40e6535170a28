namespace FlowDispatch.Storage;

/// <summary>What a claim is made from.</summary>
public enum ClaimScope
{
    /// <summary>The due queue, then slices.</summary>
    Any,

    /// <summary>The due queue alone: slices stay where they are, as outside the window.</summary>
    Due,

    /// <summary>Slices alone. Nobody in a slice is in another's hand, so such a claim may be made beside a commit of the same lease.</summary>
    Slices,
}
