using System.Diagnostics;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Storage;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>Notes when planning begins and when its last recipient is stored.</summary>
internal sealed class MeasuredExecutions(IExecutionStore inner, StoreMeter meter) : IExecutionStore
{
    public Task<ExecutionCreation> CreateAsync(Execution execution, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default) =>
        Counted().CreateAsync(execution, respond, cancellationToken);

    public Task<IdempotencyEntry?> FindIdempotencyAsync(string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        Counted().FindIdempotencyAsync(organizationId, key, now, cancellationToken);

    public Task<Execution?> FindAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) =>
        Counted().FindAsync(organizationId, id, cancellationToken);

    public Task<Execution?> FindByNumberAsync(int number, CancellationToken cancellationToken = default) => Counted().FindByNumberAsync(number, cancellationToken);

    public Task<Page<Execution>> ListAsync(string organizationId, AutomationId? automation, PageRequest page, CancellationToken cancellationToken = default) =>
        Counted().ListAsync(organizationId, automation, page, cancellationToken);

    public Task<AutomationTotals> SumAsync(string organizationId, AutomationId automation, CancellationToken cancellationToken = default) =>
        Counted().SumAsync(organizationId, automation, cancellationToken);

    public Task<Execution?> UpdateAsync(string organizationId, ExecutionId id, Func<Execution, Execution> change, CancellationToken cancellationToken = default) =>
        Counted().UpdateAsync(organizationId, id, change, cancellationToken);

    public Task<IReadOnlyList<Execution>> FindOwingReturnsAsync(int after, int limit, CancellationToken cancellationToken = default) =>
        Counted().FindOwingReturnsAsync(after, limit, cancellationToken);

    public Task<IReadOnlyList<ErrorCount>> CountErrorsAsync(ExecutionId id, CancellationToken cancellationToken = default) =>
        Counted().CountErrorsAsync(id, cancellationToken);

    public async Task<PlanLease?> LeasePlanAsync(string node, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        if (!meter.MayPlan)
        {
            return null;
        }

        var from = Stopwatch.GetTimestamp();
        var leased = await Counted().LeasePlanAsync(node, lease, cancellationToken);
        if (leased is not null)
        {
            meter.PlanLeased(from);
        }

        return leased;
    }

    public async Task<bool> AppendPlanAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken = default)
    {
        var stored = await Counted().AppendPlanAsync(lease, batch, cancellationToken);
        if (stored && batch.Finished)
        {
            meter.PlanStored();
        }

        return stored;
    }

    public Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default) => Counted().ReleasePlanAsync(lease, cancellationToken);

    public Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) =>
        Counted().AuditAsync(organizationId, id, cancellationToken);

    private IExecutionStore Counted()
    {
        meter.Call();
        return inner;
    }
}
