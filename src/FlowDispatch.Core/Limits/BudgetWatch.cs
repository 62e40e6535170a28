using FlowDispatch.Automations;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Limits;

/// <summary>Pauses executions that have used up their error budget.</summary>
/// <remarks>
/// Every node watches all of them, whoever sends: failures come by receipts too. Nothing is kept but what saves reading,
/// and the pause is judged again where it is written, so nodes that find the same or die on the way do no harm.
/// </remarks>
internal sealed class BudgetWatch(IStore store, ControlView control, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Watched> _watched = [];

    /// <summary>One look at the control state last read.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var number in _watched.Keys.Except(control.Executions.Select(e => e.Number)).ToList())
        {
            _watched.Remove(number);
        }

        var paused = false;
        foreach (var execution in control.Executions.Where(e => e is { Status: ExecutionStatus.Running, Failed: > 0 }))
        {
            paused |= await FindAsync(execution.Number, cancellationToken).ConfigureAwait(false) is { } watched
                && IsDue(watched, execution)
                && await JudgeAsync(watched, execution, cancellationToken).ConfigureAwait(false);
        }

        if (paused)
        {
            await control.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Watched?> FindAsync(int number, CancellationToken cancellationToken)
    {
        if (!_watched.TryGetValue(number, out var watched)
            && await store.Executions.FindByNumberAsync(number, cancellationToken).ConfigureAwait(false) is { } found)
        {
            _watched[number] = watched = new(found.OrganizationId, found.Id, found.Snapshot.Settings.ErrorBudget);
        }

        return watched;
    }

    // As if all failures were the provider's: the cheap figures can only rule it out.
    private bool IsDue(Watched watched, ControlledExecution execution) =>
        watched.Budget is { } budget
        && (watched.JudgedAt is not { } at || time.GetElapsedTime(at) >= Interval)
        && ErrorBudgetRule.IsUsedUp(budget, execution.Forgiven, execution.Sent, execution.Failed);

    private async Task<bool> JudgeAsync(Watched watched, ControlledExecution execution, CancellationToken cancellationToken)
    {
        var budget = watched.Budget!;
        watched.JudgedAt = time.GetTimestamp();
        var failed = ErrorBudgetRule.ProviderSide(await store.Executions.CountErrorsAsync(watched.Id, cancellationToken).ConfigureAwait(false));
        if (!ErrorBudgetRule.IsUsedUp(budget, execution.Forgiven, execution.Sent, failed))
        {
            return false;
        }

        // Somebody may have paused, resumed or ended it since: judged by what it is at that moment.
        var paused = false;
        await store.Executions.UpdateAsync(
            watched.OrganizationId,
            watched.Id,
            e =>
            {
                var sent = e.Counters.Sent;
                paused = e.Status == ExecutionStatus.Running && ErrorBudgetRule.IsUsedUp(budget, e.Forgiven, sent, failed);
                return paused
                    ? e with { Status = ExecutionStatus.Paused, StatusReason = ErrorBudgetRule.Explain(budget, e.Forgiven, sent, failed), PausedByAutomation = false }
                    : e;
            },
            cancellationToken).ConfigureAwait(false);
        if (paused)
        {
            Log.BudgetUsedUp(logger, watched.Id, failed);
        }

        return paused;
    }

    private sealed class Watched(string organizationId, ExecutionId id, ErrorBudget? budget)
    {
        public string OrganizationId { get; } = organizationId;

        public ExecutionId Id { get; } = id;

        public ErrorBudget? Budget { get; } = budget;

        public long? JudgedAt { get; set; }
    }
}
