using FlowDispatch.Recipients;

namespace FlowDispatch.Executions;

/// <summary>Counters and rows of an execution, read at one instant.</summary>
/// <param name="Execution">The execution with its counters.</param>
/// <param name="Rows">The same figures counted over the rows.</param>
/// <param name="ByStatus">Rows by status, those in a sender's hands as <see cref="RecipientStatus.Sending"/>.</param>
public sealed record ExecutionAudit(Execution Execution, ExecutionCounters Rows, IReadOnlyDictionary<RecipientStatus, int> ByStatus)
{
    /// <summary>True when the figures agree and every planned recipient is in exactly one status.</summary>
    public bool Consistent => Execution.Counters == Rows && ByStatus.Values.Sum() == Rows.Total;

    /// <summary>True when nothing will change of its own accord: planned, and nobody open.</summary>
    public bool Settled => !Execution.IsOpen && Rows.Open == 0;
}
