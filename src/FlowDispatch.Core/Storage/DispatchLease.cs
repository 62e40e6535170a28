namespace FlowDispatch.Storage;

/// <summary>A node's right to take part in one execution.</summary>
/// <param name="ExecutionNumber">The execution.</param>
/// <param name="Token">The fencing token, unique and ascending; writes under a lease that is gone are refused.</param>
/// <param name="Slots">How many of its messages the node may have in senders' hands at once.</param>
public sealed record DispatchLease(int ExecutionNumber, long Token, int Slots);
