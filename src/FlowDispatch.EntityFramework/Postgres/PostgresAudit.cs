using System.Data.Common;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Counts an execution's rows, on the snapshot on which its counters were read.</summary>
internal static class PostgresAudit
{
    private const string Rows = """
        SELECT status, COUNT(*)::int, (COUNT(*) FILTER (WHERE reached >= 1))::int, (COUNT(*) FILTER (WHERE reached >= 2))::int,
            (COUNT(*) FILTER (WHERE reached >= 3))::int, (COUNT(*) FILTER (WHERE reached >= 4))::int,
            (COUNT(*) FILTER (WHERE flow_completed))::int, (COUNT(*) FILTER (WHERE open))::int
        FROM fd_recipients WHERE key >= $1 AND key <= $2 GROUP BY status
        """;

    // Counted from what is leased, which is little, instead of asking each pending row.
    private const string Sending = $"""
        SELECT
            (SELECT COUNT(*) FROM fd_slices s JOIN fd_recipients r ON r.key >= s.key AND r.key < s.key + s.position
             WHERE s.execution = $1 AND s.token IS NOT NULL AND r.status = 0 AND r.open AND {RecipientRow.NotQueued})
            + (SELECT COUNT(*) FROM fd_due d JOIN fd_recipients r ON r.key = d.key
               WHERE d.key >= $2 AND d.key <= $3 AND d.marked AND r.status = 0 AND r.open)
        """;

    public static async Task<ExecutionAudit> CountAsync(PostgresSession session, Execution execution, CancellationToken cancellationToken)
    {
        var (first, last) = PackedKey.Range(execution.Number);
        var rows = default(ExecutionCounters);
        var byStatus = Enum.GetValues<RecipientStatus>().ToDictionary(s => s, _ => 0);
        foreach (var (status, counted) in await session.ReadAsync(Rows, Read, cancellationToken, first, last).ConfigureAwait(false))
        {
            byStatus[status] = counted.Total;
            rows += counted;
        }

        var sending = (int)(await session.ReadAsync(Sending, row => row.GetInt64(0), cancellationToken, execution.Number, first, last).ConfigureAwait(false))[0];
        byStatus[RecipientStatus.Sending] = sending;
        byStatus[RecipientStatus.Pending] -= sending;
        return new(execution, rows, byStatus);
    }

    private static (RecipientStatus Status, ExecutionCounters Counted) Read(DbDataReader row)
    {
        var (status, count) = ((RecipientStatus)row.GetInt32(0), row.GetInt32(1));
        return (status, new()
        {
            Total = count,
            Sent = row.GetInt32(2),
            Delivered = row.GetInt32(3),
            Read = row.GetInt32(4),
            Replied = row.GetInt32(5),
            Completed = row.GetInt32(6),
            Failed = status == RecipientStatus.Failed ? count : 0,
            Skipped = status == RecipientStatus.Skipped ? count : 0,
            Cancelled = status == RecipientStatus.Cancelled ? count : 0,
            Pending = status == RecipientStatus.Pending ? count : 0,
            InDoubt = status == RecipientStatus.InDoubt ? count : 0,
            Open = row.GetInt32(7),
        });
    }
}
