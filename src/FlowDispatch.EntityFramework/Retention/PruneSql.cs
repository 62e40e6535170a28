namespace FlowDispatch.EntityFramework.Retention;

/// <summary>Statements of pruning that both providers share: an execution leaves its tables in one transaction, its rows follow.</summary>
internal static class PruneSql
{
    /// <summary>Adds the counters of execution <c>$1</c> to what is kept of its automation; those of a test run are nothing.</summary>
    public const string Keep = """
        INSERT INTO fd_kept_totals AS t (automation_id, executions, total, sent, delivered, read, replied, completed, failed, skipped, cancelled, pending, open,
            last_number, last_id, last_at)
        SELECT e.automation_id, 1, c.total, c.sent, c.delivered, c.read, c.replied, c.completed, c.failed, c.skipped, c.cancelled, c.pending, c.open,
            e.number, e.id, e.created_at
        FROM fd_executions e JOIN fd_counters c ON c.execution = e.number WHERE e.number = $1 AND NOT e.test_mode
        ON CONFLICT (automation_id) DO UPDATE SET executions = t.executions + 1, total = t.total + excluded.total, sent = t.sent + excluded.sent,
            delivered = t.delivered + excluded.delivered, read = t.read + excluded.read, replied = t.replied + excluded.replied,
            completed = t.completed + excluded.completed, failed = t.failed + excluded.failed, skipped = t.skipped + excluded.skipped,
            cancelled = t.cancelled + excluded.cancelled, pending = t.pending + excluded.pending, open = t.open + excluded.open,
            last_id = CASE WHEN excluded.last_number > t.last_number THEN excluded.last_id ELSE t.last_id END,
            last_at = CASE WHEN excluded.last_number > t.last_number THEN excluded.last_at ELSE t.last_at END,
            last_number = CASE WHEN excluded.last_number > t.last_number THEN excluded.last_number ELSE t.last_number END
        """;

    /// <summary>Notes that the rows of execution <c>$1</c> are to be deleted.</summary>
    public const string Note = "INSERT INTO fd_pruned (execution) VALUES ($1)";

    /// <summary>What an execution is besides its recipients, which is gone after these.</summary>
    public static IReadOnlyList<string> TakeAway { get; } =
    [
        "DELETE FROM fd_error_counts WHERE execution = $1",
        "DELETE FROM fd_counters WHERE execution = $1",
        "DELETE FROM fd_executions WHERE number = $1",
    ];

    /// <summary>What hangs on the recipients with keys from <c>$1</c> to <c>$2</c>.</summary>
    public static IReadOnlyList<string> Followers { get; } =
    [
        "DELETE FROM fd_due WHERE key >= $1 AND key <= $2",
        "DELETE FROM fd_slices WHERE key >= $1 AND key <= $2",
    ];
}
