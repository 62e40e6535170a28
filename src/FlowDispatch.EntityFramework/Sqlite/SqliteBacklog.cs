using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>What is left lying, read in one transaction.</summary>
internal static class SqliteBacklog
{
    // Over the open executions' index, whose condition stands first, word for word; and two tables of a row per execution and per lease.
    private const string Waiting = """
        SELECT * FROM (
            SELECT e.number,
                MAX(COALESCE(e.started_at, e.created_at), COALESCE(e.plan_until, 0)) AS since,
                1 AS to_plan
            FROM fd_executions e
            WHERE e.status IN (0, 1, 2) AND e.status <> 2 AND e.planned_at IS NULL AND (e.plan_until IS NULL OR e.plan_until <= $1)
            UNION ALL
            SELECT e.number,
                CASE WHEN EXISTS (SELECT 1 FROM fd_slices s WHERE s.execution = e.number AND s.token IS NULL)
                    THEN COALESCE(e.started_at, e.created_at)
                    ELSE (SELECT MIN(d.due_at) FROM fd_due d WHERE d.execution = e.number AND d.token IS NULL AND d.due_at <= $1)
                END AS since,
                0
            FROM fd_executions e
            WHERE e.status IN (0, 1, 2) AND e.status = 1 AND (e.planned_at IS NOT NULL OR e.plan_until > $1)
                AND NOT EXISTS (SELECT 1 FROM fd_leases l WHERE l.automation_id = e.automation_id AND l.until > $1)
        )
        WHERE since IS NOT NULL
        ORDER BY since, number LIMIT 100
        """;

    public static DispatchBacklog Read(SqliteSession session, DateTimeOffset now)
    {
        var waiting = new List<WaitingExecution>();
        using (var row = session[Waiting].Read(now))
        {
            while (row.Read())
            {
                waiting.Add(new(row.Int32(0), row.Instant(1), ToPlan: row.Flag(2)));
            }
        }

        using var ended = session["SELECT COUNT(*), MIN(until), (SELECT SUM(in_doubt) FROM fd_counters) FROM fd_leases WHERE until <= $1"].Read(now);
        ended.Read();
        return new()
        {
            Now = now,
            Waiting = waiting,
            EndedLeases = ended.Int32(0),
            FirstLeaseEnd = ended.InstantOrNull(1),
            InDoubt = ended.IsNull(2) ? 0 : ended.Int64(2),
        };
    }
}
