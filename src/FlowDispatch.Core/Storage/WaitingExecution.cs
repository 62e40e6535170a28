namespace FlowDispatch.Storage;

/// <summary>A queued or running execution that no node works on though it could be worked on by now.</summary>
/// <param name="Number">The execution.</param>
/// <param name="Since">
/// To be planned: when it was made, or when it was last planned. To be sent: when the earliest of its due entries was due; where
/// pending recipients were never claimed, when it started. A pause in between is not left out.
/// </param>
/// <param name="ToPlan">True when it waits to be planned, false when recipients wait to be sent to.</param>
/// <remarks>Windows are not looked at: an execution whose window is closed waits rightly.</remarks>
public sealed record WaitingExecution(int Number, DateTimeOffset Since, bool ToPlan);
