using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresExecutionStore(PostgresDatabase database, PostgresClock clock) : ExecutionStore(database)
{
    public override Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session.RunAsync(
            "UPDATE fd_executions SET plan_until = NULL WHERE number = $1 AND plan_token = $2", cancellationToken, lease.Execution.Number, lease.Token),
        cancellationToken);

    public override Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) => database.SnapshotAsync(
        async session => await OneAsync(session, e => e.Id == id.Value && e.OrganizationId == organizationId, cancellationToken).ConfigureAwait(false) is { } execution
            ? await PostgresAudit.CountAsync(session, execution, cancellationToken).ConfigureAwait(false)
            : null,
        cancellationToken);

    protected override IQueryable<CountersEntity> Counters(StoreSession session) =>
        session.Context.Set<CountersEntity>().FromSqlRaw(database.Names.Qualify(PostgresCounters.Current));

    protected override Task<List<ErrorCount>> ErrorsAsync(StoreSession session, ExecutionId id, CancellationToken cancellationToken) =>
        ((PostgresSession)session).ReadAsync(PostgresCounters.Errors, row => new ErrorCount(row.GetString(0), row.GetInt32(1)), cancellationToken, id.Value);

    protected override Task<PlanLease?> LeasePlanAsync(TimeSpan lease, CancellationToken cancellationToken) => database.WriteAsync(
        async session => await PostgresPlans.TakeAsync(session, lease, clock, cancellationToken).ConfigureAwait(false) is { } number
            ? await PlanLeaseAsync(session, number, lease, cancellationToken).ConfigureAwait(false)
            : null,
        cancellationToken);

    protected override async Task<bool> AppendAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken)
    {
        var plans = new PostgresPlans(lease, batch, clock);
        return await database.WriteAsync(session => plans.TryAppendAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false)
            ?? await database.WriteAsync(session => plans.AppendAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
