using System.Data.Common;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>What every node reads four times a second, in one turn of the wire.</summary>
internal static class PostgresControl
{
    // The first condition is the open executions' index, word for word; the cancelled are found among the few with people still open.
    internal const string Executions = $"""
        {Columns} FROM fd_executions e JOIN ({PostgresCounters.Current}) c ON c.execution = e.number WHERE e.status IN (0, 1, 2)
        UNION ALL
        {Columns} FROM ({PostgresCounters.Current}) c JOIN fd_executions e ON e.number = c.execution WHERE c.has_open AND e.status = 5
        """;

    internal const string Suppressed =
        "SELECT contact_id, suppression FROM fd_suppressions WHERE $1 > 0 AND sequence >= $1 ORDER BY sequence";

    private const string Columns = """
        SELECT e.number, e.status, e.priority, e.planned_at, c.open, c.sent, c.failed, c.forgiven_sent, c.forgiven_failed,
            (SELECT 1 FROM fd_slices s WHERE s.execution = e.number AND s.token IS NULL LIMIT 1) IS NOT NULL,
            (SELECT d.due_at FROM fd_due d WHERE d.execution = e.number AND d.token IS NULL ORDER BY d.due_at LIMIT 1)
        """;

    public static async Task<ControlState> ReadAsync(PostgresSession session, long suppressionsAfter, PostgresClock clock, CancellationToken cancellationToken)
    {
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(Executions);

            // Read before those it covers: one that is told twice does no harm, one that is left out would.
            batch.Add("SELECT MAX(sequence) FROM fd_suppressions");
            batch.Add(Suppressed, suppressionsAfter);
            batch.Add($"SELECT {PostgresClock.Now}, p.key, p.held_until FROM (SELECT 1) one LEFT JOIN fd_permits p ON p.held_until > {PostgresClock.Now}", clock.Given);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var executions = await rows.ListAsync(Execution, cancellationToken).ConfigureAwait(false);

                // The cursor is one above the last sequence number seen, and so never 0 again after the first read.
                var last = await rows.NextListAsync(r => r.IsDBNull(0) ? 0 : r.GetInt64(0), cancellationToken).ConfigureAwait(false);
                var suppressed = await rows.NextListAsync(r => new SuppressedContact(new(r.GetGuid(0)), (ContactSuppression)r.GetInt32(1)), cancellationToken).ConfigureAwait(false);
                var held = await rows.NextListAsync(r => (Now: r.Instant(0), Key: r.TextOrNull(1), Until: r.InstantOrNull(2)), cancellationToken).ConfigureAwait(false);
                return new(
                    executions,
                    suppressed,
                    Math.Max(suppressionsAfter, 1 + last[0]),
                    held[0].Now,
                    held.Where(h => h.Key is not null).ToDictionary(h => h.Key!, h => h.Until!.Value, StringComparer.Ordinal));
            }
        }
    }

    private static ControlledExecution Execution(DbDataReader row) => new()
    {
        Number = row.GetInt32(0),
        Status = (ExecutionStatus)row.GetInt32(1),
        Priority = row.GetInt32(2),
        Planned = !row.IsDBNull(3),
        Open = row.GetInt32(4),
        Sent = row.GetInt32(5),
        Failed = row.GetInt32(6),
        Forgiven = new(row.GetInt32(7), row.GetInt32(8)),
        HasSlices = row.GetBoolean(9),
        NextDueAt = row.InstantOrNull(10),
    };
}
