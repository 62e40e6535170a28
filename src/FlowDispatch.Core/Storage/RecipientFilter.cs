using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>Which recipients are wanted; all given conditions hold.</summary>
/// <param name="Status">The status as users see it, <see cref="RecipientStatus.Sending"/> included.</param>
/// <param name="Reached">At least this milestone.</param>
/// <param name="ErrorCode">Exactly this code.</param>
/// <param name="Text">Found, case ignored, in number or name.</param>
public sealed record RecipientFilter(RecipientStatus? Status = null, Milestone? Reached = null, string? ErrorCode = null, string? Text = null)
{
    /// <summary>Everybody.</summary>
    public static RecipientFilter All { get; } = new();
}
