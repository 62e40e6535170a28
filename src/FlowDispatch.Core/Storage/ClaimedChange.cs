using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>A decision about a claimed recipient.</summary>
/// <param name="Claimed">The row as it was claimed: a store may write <see cref="Decide"/>'s answer for it where it finds the row's status, attempts and milestone unchanged.</param>
/// <param name="Decide">From the row as it is (an early receipt may have changed it) to what it becomes; may run more than once.</param>
public sealed record ClaimedChange(Recipient Claimed, Func<Recipient, RecipientChange> Decide);
