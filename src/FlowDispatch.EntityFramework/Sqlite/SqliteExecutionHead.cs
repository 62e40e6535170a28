using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Finds the heads of executions.</summary>
internal static class SqliteExecutionHead
{
    private const string Columns = "SELECT number, id, organization_id, channel_id, created_at, status FROM fd_executions";

    public static ExecutionHead? Find(SqliteSession session, int number) => Read(session[Columns + " WHERE number = $1"], number);

    public static ExecutionHead? Find(SqliteSession session, string organizationId, ExecutionId id) =>
        Read(session[Columns + " WHERE id = $1 AND organization_id = $2"], id.Value, organizationId);

    private static ExecutionHead? Read(SqliteStatement statement, params ReadOnlySpan<SqliteValue> values)
    {
        using var row = statement.Read(values);
        return row.Read()
            ? new(row.Int32(0), new(row.Id(1)), row.Text(2), row.Text(3), row.Instant(4), (ExecutionStatus)row.Int32(5))
            : null;
    }
}
