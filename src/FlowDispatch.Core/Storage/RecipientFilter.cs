using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>Which recipients are wanted; all given conditions hold.</summary>
/// <param name="Statuses">One of these, as users see them, <see cref="RecipientStatus.Sending"/> included; null for any.</param>
/// <param name="Reached">At least this milestone.</param>
/// <param name="ErrorCodes">Exactly one of these codes; null for any and for none.</param>
/// <param name="Text">Found, case ignored, in number or name.</param>
public sealed record RecipientFilter(
    IReadOnlyList<RecipientStatus>? Statuses = null, Milestone? Reached = null, IReadOnlyList<string>? ErrorCodes = null, string? Text = null)
{
    /// <summary>Everybody.</summary>
    public static RecipientFilter All { get; } = new();
}
