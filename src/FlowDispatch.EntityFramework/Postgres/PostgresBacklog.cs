using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>What is left lying.</summary>
internal static class PostgresBacklog
{
    // Over the open executions' index, whose condition stands first, word for word; and two tables of a row per execution and per lease.
    private const string Waiting = $"""
        SELECT * FROM (
            SELECT e.number, GREATEST(COALESCE(e.started_at, e.created_at), COALESCE(e.plan_until, 0)) AS since, TRUE AS to_plan
            FROM fd_executions e
            WHERE e.status IN (0, 1, 2) AND e.status <> 2 AND e.planned_at IS NULL AND (e.plan_until IS NULL OR e.plan_until <= {PostgresClock.Now})
            UNION ALL
            SELECT e.number,
                CASE WHEN (SELECT 1 FROM fd_slices s WHERE s.execution = e.number AND s.token IS NULL LIMIT 1) IS NOT NULL
                    THEN COALESCE(e.started_at, e.created_at)
                    ELSE (SELECT d.due_at FROM fd_due d WHERE d.execution = e.number AND d.token IS NULL AND d.due_at <= {PostgresClock.Now} ORDER BY d.due_at LIMIT 1)
                END,
                FALSE
            FROM fd_executions e
            WHERE e.status IN (0, 1, 2) AND e.status = 1 AND (e.planned_at IS NOT NULL OR e.plan_until > {PostgresClock.Now})
                AND (SELECT 1 FROM fd_leases l WHERE l.automation_id = e.automation_id AND l.until > {PostgresClock.Now} LIMIT 1) IS NULL
        ) w
        WHERE since IS NOT NULL
        ORDER BY since, number LIMIT 100
        """;

    // In doubt are those of the counters' rows and of the few commits that these have not taken in: added up once each, since
    // executions there may be a hundred thousand.
    private const string Ended = $"""
        SELECT {PostgresClock.Now}, COUNT(*)::int, MIN(until),
            (SELECT COALESCE(SUM(c.in_doubt), 0)::bigint FROM fd_counters c)
            + (SELECT COALESCE(SUM(m.in_doubt), 0)::bigint FROM fd_leases l JOIN fd_commits m ON m.token = l.token AND m.number > l.committed)
        FROM fd_leases WHERE until <= {PostgresClock.Now}
        """;

    public static async Task<DispatchBacklog> ReadAsync(PostgresSession session, PostgresClock clock, CancellationToken cancellationToken)
    {
        var waiting = await session.ReadAsync(
            Waiting, row => new WaitingExecution(row.GetInt32(0), row.Instant(1), row.GetBoolean(2)), cancellationToken, clock.Given).ConfigureAwait(false);
        return (await session.ReadAsync(
            Ended,
            row => new DispatchBacklog
            {
                Now = row.Instant(0),
                Waiting = waiting,
                EndedLeases = row.GetInt32(1),
                FirstLeaseEnd = row.InstantOrNull(2),
                InDoubt = row.GetInt64(3),
            },
            cancellationToken,
            clock.Given).ConfigureAwait(false)).Single();
    }
}
