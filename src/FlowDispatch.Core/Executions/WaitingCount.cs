namespace FlowDispatch.Executions;

/// <summary>How many recipients wait for one thing.</summary>
/// <param name="Reason">A code of <see cref="Recipients.ReasonCodes"/>.</param>
/// <param name="Count">How many.</param>
public sealed record WaitingCount(string Reason, int Count);
