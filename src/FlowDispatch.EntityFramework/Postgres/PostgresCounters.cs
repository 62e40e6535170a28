namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>An execution's counters: its row, which takes commits in a few dozen at a time, and those that are not in it yet.</summary>
/// <remarks>
/// A commit closes people and opens none, so the row alone tells of nobody open too few. Without a lease it is exact; how
/// many there are in all it tells at any time.
/// </remarks>
internal static class PostgresCounters
{
    /// <summary>The counters as they stand, one row per execution with the columns of its own row: to be put into brackets and read from.</summary>
    public const string Current = """
        SELECT c.execution, c.total, c.sent + k.sent AS sent, c.delivered + k.delivered AS delivered, c.read + k.read AS read, c.replied + k.replied AS replied,
            c.completed + k.completed AS completed, c.failed + k.failed AS failed, c.skipped + k.skipped AS skipped, c.cancelled + k.cancelled AS cancelled,
            c.pending + k.pending AS pending, c.in_doubt + k.in_doubt AS in_doubt, c.open + k.open AS open,
            c.forgiven_sent, c.forgiven_failed, c.has_open
        FROM fd_counters c CROSS JOIN LATERAL (
            SELECT COALESCE(SUM(m.sent), 0)::int AS sent, COALESCE(SUM(m.delivered), 0)::int AS delivered, COALESCE(SUM(m.read), 0)::int AS read,
                COALESCE(SUM(m.replied), 0)::int AS replied, COALESCE(SUM(m.completed), 0)::int AS completed, COALESCE(SUM(m.failed), 0)::int AS failed,
                COALESCE(SUM(m.skipped), 0)::int AS skipped, COALESCE(SUM(m.cancelled), 0)::int AS cancelled, COALESCE(SUM(m.pending), 0)::int AS pending,
                COALESCE(SUM(m.in_doubt), 0)::int AS in_doubt, COALESCE(SUM(m.open), 0)::int AS open
            FROM fd_leases l JOIN fd_commits m ON m.token = l.token AND m.number > l.committed
            WHERE l.execution = c.execution) k
        """;

    /// <summary>Takes in the commits of lease <c>$1</c> before number <c>$2</c>, of execution <c>$3</c>, once all of them are made.</summary>
    internal const string Fold = $"""
        WITH taken AS (
            DELETE FROM fd_commits m USING fd_leases l
            WHERE l.token = $1 AND m.token = $1 AND m.number > l.committed AND m.number < $2
                AND (SELECT COUNT(*) FROM fd_commits n WHERE n.token = $1 AND n.number > l.committed AND n.number < $2) = $2 - 1 - l.committed
            RETURNING {Deltas}),
        noted AS (UPDATE fd_leases SET committed = $2 - 1 WHERE token = $1 AND (SELECT COUNT(*) FROM taken) > 0),
        {AddErrors}
        {Add} AND (SELECT COUNT(*) FROM taken) > 0
        """;

    /// <summary>Takes in all commits of lease <c>$1</c>, which is gone and had taken in those up to <c>$2</c>, of execution <c>$3</c>.</summary>
    internal const string FoldRest = $"WITH taken AS (DELETE FROM fd_commits m WHERE m.token = $1 AND m.number > $2 RETURNING {Deltas}), {AddErrors} {Add}";

    /// <summary>How many are failed or skipped with each code, in the execution with id <c>$1</c>.</summary>
    internal const string Errors = """
        SELECT x.code, SUM(x.count)::int FROM (
            SELECT c.code, c.count FROM fd_executions e JOIN fd_error_counts c ON c.execution = e.number WHERE e.id = $1
            UNION ALL
            SELECT u.code, u.count FROM fd_executions e JOIN fd_leases l ON l.execution = e.number JOIN fd_commits m ON m.token = l.token AND m.number > l.committed
                CROSS JOIN LATERAL unnest(m.codes, m.counts) AS u(code, count)
            WHERE e.id = $1) x
        GROUP BY x.code HAVING SUM(x.count) > 0
        """;

    private const string Deltas = "m.codes, m.counts, m.sent, m.delivered, m.read, m.replied, m.completed, m.failed, m.skipped, m.cancelled, m.pending, m.in_doubt, m.open";

    private const string AddErrors = """
        errors AS (
            INSERT INTO fd_error_counts AS c (execution, code, count)
            SELECT $3, u.code, SUM(u.count)::int FROM taken, unnest(taken.codes, taken.counts) AS u(code, count) GROUP BY u.code ORDER BY u.code
            ON CONFLICT (execution, code) DO UPDATE SET count = c.count + excluded.count)
        """;

    private const string Add = """
        UPDATE fd_counters c SET sent = c.sent + t.sent, delivered = c.delivered + t.delivered, read = c.read + t.read, replied = c.replied + t.replied,
            completed = c.completed + t.completed, failed = c.failed + t.failed, skipped = c.skipped + t.skipped, cancelled = c.cancelled + t.cancelled,
            pending = c.pending + t.pending, in_doubt = c.in_doubt + t.in_doubt, open = c.open + t.open
        FROM (SELECT COALESCE(SUM(sent), 0)::int AS sent, COALESCE(SUM(delivered), 0)::int AS delivered, COALESCE(SUM(read), 0)::int AS read,
            COALESCE(SUM(replied), 0)::int AS replied, COALESCE(SUM(completed), 0)::int AS completed, COALESCE(SUM(failed), 0)::int AS failed,
            COALESCE(SUM(skipped), 0)::int AS skipped, COALESCE(SUM(cancelled), 0)::int AS cancelled, COALESCE(SUM(pending), 0)::int AS pending,
            COALESCE(SUM(in_doubt), 0)::int AS in_doubt, COALESCE(SUM(open), 0)::int AS open
            FROM taken) t
        WHERE c.execution = $3
        """;

    // A few dozen rows are summed where a node or an operator looks, a few times a second; and the counters' row is rewritten
    // once in so many commits.
    private const int FoldEvery = 64;

    /// <summary>Adds the statement that takes commits in, where it is this one's turn.</summary>
    public static void AddFold(PostgresBatch batch, long token, long number, int execution)
    {
        if (number % FoldEvery == 0)
        {
            batch.Add(Fold, token, number, execution);
        }
    }
}
