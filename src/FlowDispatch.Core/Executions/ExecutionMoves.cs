using FlowDispatch.Limits;
using FlowDispatch.Storage;

namespace FlowDispatch.Executions;

/// <summary>Moves that more than one service makes.</summary>
internal static class ExecutionMoves
{
    /// <summary>The move of going on where it stood, with a fresh error budget; one that no node had taken up waits for one again.</summary>
    public static async Task<Func<Execution, Execution>> ResumedAsync(IStore store, Execution execution, CancellationToken cancellationToken)
    {
        // What fails between this reading and the move counts from then on: few, and paused once too often at worst.
        var failed = execution.Snapshot.Settings.ErrorBudget is null
            ? 0
            : ErrorBudgetRule.ProviderSide(await store.Executions.CountErrorsAsync(execution.Id, cancellationToken).ConfigureAwait(false));
        return present => present with
        {
            Status = present.StartedAt is null ? ExecutionStatus.Queued : ExecutionStatus.Running,
            StatusReason = null,
            ErrorMessage = null,
            PausedByAutomation = false,
            CompletedAt = null,
            Forgiven = new(present.Counters.Sent, failed),
        };
    }
}
