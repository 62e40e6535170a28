using FlowDispatch.Automations;
using FlowDispatch.Executions;

namespace FlowDispatch.Storage;

/// <summary>Keeps executions and stores their planned recipients.</summary>
public interface IExecutionStore
{
    /// <summary>Keeps a new execution, numbers it, and makes its automation active, all at once.</summary>
    /// <param name="execution">A queued one without a number.</param>
    /// <param name="respond">Makes the answer to keep under the request's key from the numbered execution; null without a key. May run again.</param>
    /// <param name="cancellationToken">Gives up with nothing kept.</param>
    /// <exception cref="AutomationArchivedException">The automation is archived.</exception>
    Task<ExecutionCreation> CreateAsync(Execution execution, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default);

    /// <summary>The entry kept under a key within <see cref="IdempotencyEntry.Lifetime"/>; null when there is none.</summary>
    Task<IdempotencyEntry?> FindIdempotencyAsync(string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken = default);

    /// <summary>The execution with its counters; null when there is none.</summary>
    Task<Execution?> FindAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default);

    /// <summary>The execution with this number and its counters, whatever its organization; null when there is none.</summary>
    Task<Execution?> FindByNumberAsync(int number, CancellationToken cancellationToken = default);

    /// <summary>Executions with counters, newest first; of one automation where it is given.</summary>
    Task<Page<Execution>> ListAsync(string organizationId, AutomationId? automation, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>The sums of an automation's executions without test runs, those that were pruned included.</summary>
    Task<AutomationTotals> SumAsync(string organizationId, AutomationId automation, CancellationToken cancellationToken = default);

    /// <summary>Changes status, reasons, times and what is owed of an execution; null when there is none.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The execution.</param>
    /// <param name="change">From what it is to what it becomes (the same instance for no change); may run again, and may throw to refuse. Counters and number are not its business.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    Task<Execution?> UpdateAsync(string organizationId, ExecutionId id, Func<Execution, Execution> change, CancellationToken cancellationToken = default);

    /// <summary>Executions that are completed, or cancelled with nobody open, and owe returns to variable sources; lowest number first.</summary>
    /// <param name="after">Only those with a larger number; 0 for all.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Execution>> FindOwingReturnsAsync(int after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Failed and skipped recipients by error code, most first.</summary>
    Task<IReadOnlyList<ErrorCount>> CountErrorsAsync(ExecutionId id, CancellationToken cancellationToken = default);

    /// <summary>Leases one execution that is queued or running and not fully planned; null when there is none.</summary>
    /// <remarks>Oldest first; a queued one turns running. A lease that ended can be taken by another node, which goes on at the position kept.</remarks>
    /// <param name="node">Who asks.</param>
    /// <param name="lease">How long it holds, by the store's clock; each append renews it.</param>
    /// <param name="cancellationToken">Gives up without leasing.</param>
    Task<PlanLease?> LeasePlanAsync(string node, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>Stores recipients in the order given, with the next ordinals, and the place from which planning goes on.</summary>
    /// <remarks>
    /// A contact that is in the execution already is left out. Pending recipients are grouped into slices and can be
    /// claimed at once. With <see cref="PlanBatch.Finished"/> the execution is planned, and closed if nobody is open.
    /// </remarks>
    /// <returns>False when the lease is no longer held or the execution no longer runs; then nothing was stored.</returns>
    Task<bool> AppendPlanAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Gives a planning lease back so that any node can go on at once.</summary>
    Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default);

    /// <summary>Holds counters against rows, all read at one instant.</summary>
    Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default);
}
