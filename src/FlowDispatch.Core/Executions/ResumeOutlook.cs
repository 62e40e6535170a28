namespace FlowDispatch.Executions;

/// <summary>Who can be sent to as soon as an execution goes on, and why others can't yet.</summary>
/// <param name="Eligible">Recipients whose message may leave at once, as far as permits and slots allow.</param>
/// <param name="Waiting">The others that are open, by what they wait for, most first.</param>
public sealed record ResumeOutlook(int Eligible, IReadOnlyList<WaitingCount> Waiting);
