using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>What a decision about a recipient may look at.</summary>
/// <param name="Recipient">The row; <see cref="RecipientStatus.Sending"/> where an attempt is marked and has no outcome.</param>
/// <param name="ExecutionOpen">Whether its execution is queued, running or paused.</param>
public sealed record RecipientSituation(Recipient Recipient, bool ExecutionOpen);
