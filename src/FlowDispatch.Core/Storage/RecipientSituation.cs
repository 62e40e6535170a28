using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>What a decision about a recipient may look at.</summary>
/// <param name="Recipient">The row; <see cref="RecipientStatus.Sending"/> where an attempt is marked and has no outcome.</param>
/// <param name="ExecutionOpen">Whether its execution is queued, running or paused.</param>
/// <param name="InFlight">True where an attempt is marked and has no outcome, one after the last known one, or that one in doubt once more: its message may be on its way.</param>
public sealed record RecipientSituation(Recipient Recipient, bool ExecutionOpen, bool InFlight = false);
