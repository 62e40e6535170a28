using FlowDispatch.Executions;

namespace FlowDispatch.Storage;

/// <summary>A node's right to plan one execution.</summary>
/// <param name="Execution">What is planned.</param>
/// <param name="Token">The fencing token: a later lease has a larger one, and writes under an older are refused.</param>
/// <param name="Position">Where planning goes on, as the last append kept it; null at the beginning.</param>
public sealed record PlanLease(Execution Execution, long Token, string? Position)
{
    /// <summary>How long the lease holds from each append.</summary>
    public required TimeSpan Duration { get; init; }
}
