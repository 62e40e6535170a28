using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>One step of pruning within a transaction. Ordinals have no gaps, so that as many keys in a row are as many rows.</summary>
internal static class SqlitePruning
{
    // Over the index of ended executions, whose condition stands first, word for word.
    internal const string Next = """
        SELECT e.number FROM fd_executions e JOIN fd_counters c ON c.execution = e.number
        WHERE e.status IN (3, 4, 5) AND e.completed_at < $1 AND NOT e.owes_returns AND ($2 IS NULL OR e.organization_id = $2)
            AND c.in_doubt = 0 AND (c.open = 0 OR e.status = 4) AND NOT EXISTS (SELECT 1 FROM fd_leases l WHERE l.execution = e.number)
        ORDER BY e.completed_at LIMIT 1
        """;

    internal const string DeleteRows = "DELETE FROM fd_recipients WHERE key >= $1 AND key <= $2";

    internal const string DeleteHistory = "DELETE FROM fd_recipient_events WHERE recipient >= $1 AND recipient <= $2";

    public static PruneStep Step(SqliteSession session, DateTimeOffset endedBefore, string? organizationId, int limit)
    {
        if (session["SELECT MIN(execution) FROM fd_pruned"].NumberOrNull() is { } begun)
        {
            return new(0, Delete(session, (int)begun, limit), Done: false);
        }

        var number = session[Next].Number(endedBefore, organizationId);
        if (number == 0)
        {
            return new(0, 0, Done: true);
        }

        session[PruneSql.Keep].Run(number);
        session[PruneSql.Note].Run(number);
        foreach (var statement in PruneSql.TakeAway)
        {
            session[statement].Run(number);
        }

        return new(1, 0, Done: false);
    }

    private static int Delete(SqliteSession session, int execution, int limit)
    {
        var (first, last) = PackedKey.Range(execution);
        if (session["SELECT MIN(key) FROM fd_recipients WHERE key >= $1 AND key <= $2"].NumberOrNull(first, last) is not { } low)
        {
            session["DELETE FROM fd_pruned WHERE execution = $1"].Run(execution);
            return 0;
        }

        var high = Math.Min(low + limit - 1, last);
        session[DeleteHistory].Run(low, high);
        foreach (var statement in PruneSql.Followers)
        {
            session[statement].Run(low, high);
        }

        return session[DeleteRows].Run(low, high);
    }
}
