using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteExecutionStore(SqliteDatabase database, TimeProvider time) : ExecutionStore(database)
{
    public override Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session["UPDATE fd_executions SET plan_until = NULL WHERE number = $1 AND plan_token = $2"].Run(lease.Execution.Number, lease.Token),
        cancellationToken);

    public override Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session => await OneAsync(session, e => e.Id == id.Value && e.OrganizationId == organizationId, cancellationToken).ConfigureAwait(false) is { } execution
            ? SqliteAudit.Count((SqliteSession)session, execution)
            : null,
        cancellationToken);

    protected override Task<PlanLease?> LeasePlanAsync(TimeSpan lease, CancellationToken cancellationToken) => database.ChangeAsync(
        async session => SqlitePlans.Take((SqliteSession)session, lease, time.GetUtcNow()) is { } number
            ? await PlanLeaseAsync(session, number, lease, cancellationToken).ConfigureAwait(false)
            : null,
        cancellationToken);

    protected override Task<bool> AppendAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken) =>
        database.WriteAsync(session => SqlitePlans.Append(session, lease, batch, time.GetUtcNow()), cancellationToken);
}
