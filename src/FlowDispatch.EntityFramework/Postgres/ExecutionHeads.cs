using System.Data.Common;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Finds the heads of executions.</summary>
internal static class ExecutionHeads
{
    /// <summary>What <see cref="Read"/> expects, from the table as <c>e</c>.</summary>
    public const string Columns = "e.number, e.id, e.organization_id, e.channel_id, e.created_at, e.status";

    public static ExecutionHead Read(DbDataReader row) =>
        new(row.GetInt32(0), new(row.GetGuid(1)), row.GetString(2), row.GetString(3), row.Instant(4), (ExecutionStatus)row.GetInt32(5));

    public static async Task<ExecutionHead?> FindAsync(PostgresSession session, int number, CancellationToken cancellationToken) =>
        (await session.ReadAsync($"SELECT {Columns} FROM fd_executions e WHERE e.number = $1", Read, cancellationToken, number).ConfigureAwait(false)).SingleOrDefault();

    public static async Task<ExecutionHead?> FindAsync(PostgresSession session, string organizationId, ExecutionId id, CancellationToken cancellationToken) =>
        (await session.ReadAsync($"SELECT {Columns} FROM fd_executions e WHERE e.id = $1 AND e.organization_id = $2", Read, cancellationToken, id.Value, organizationId)
            .ConfigureAwait(false)).SingleOrDefault();
}
