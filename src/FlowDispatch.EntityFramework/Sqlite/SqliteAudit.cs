using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Counts an execution's rows, on the snapshot on which its counters were read.</summary>
internal static class SqliteAudit
{
    public static ExecutionAudit Count(SqliteSession session, Execution execution)
    {
        var (first, last) = PackedKey.Range(execution.Number);
        var rows = default(ExecutionCounters);
        var byStatus = Enum.GetValues<RecipientStatus>().ToDictionary(s => s, _ => 0);
        using (var row = session["""
            SELECT status, COUNT(*), SUM(reached >= 1), SUM(reached >= 2), SUM(reached >= 3), SUM(reached >= 4), SUM(flow_completed), SUM(open)
            FROM fd_recipients WHERE key >= $1 AND key <= $2 GROUP BY status
            """].Read(first, last))
        {
            while (row.Read())
            {
                var (status, count) = ((RecipientStatus)row.Int32(0), row.Int32(1));
                byStatus[status] = count;
                rows += new ExecutionCounters
                {
                    Total = count,
                    Sent = row.Int32(2),
                    Delivered = row.Int32(3),
                    Read = row.Int32(4),
                    Replied = row.Int32(5),
                    Completed = row.Int32(6),
                    Failed = status == RecipientStatus.Failed ? count : 0,
                    Skipped = status == RecipientStatus.Skipped ? count : 0,
                    Cancelled = status == RecipientStatus.Cancelled ? count : 0,
                    Pending = status == RecipientStatus.Pending ? count : 0,
                    InDoubt = status == RecipientStatus.InDoubt ? count : 0,
                    Open = row.Int32(7),
                };
            }
        }

        // Counted from what is leased, which is little, instead of asking each pending row.
        var sending = (int)session["""
            SELECT
                (SELECT COUNT(*) FROM fd_slices s JOIN fd_recipients r ON r.key >= s.key AND r.key < s.key + s.position
                 WHERE s.execution = $1 AND s.token IS NOT NULL AND r.status = 0 AND r.open = 1
                     AND NOT EXISTS (SELECT 1 FROM fd_due d WHERE d.key = r.key))
                + (SELECT COUNT(*) FROM fd_due d JOIN fd_recipients r ON r.key = d.key
                   WHERE d.key >= $2 AND d.key <= $3 AND d.marked = 1 AND r.status = 0 AND r.open = 1)
            """].Number(execution.Number, first, last);
        byStatus[RecipientStatus.Sending] = sending;
        byStatus[RecipientStatus.Pending] -= sending;
        return new(execution, rows, byStatus);
    }
}
