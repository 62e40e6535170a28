using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>One step of pruning. Ordinals have no gaps, so that as many keys in a row are as many rows.</summary>
/// <remarks>
/// Whoever is writing a receipt down holds rows first and counters then: so an execution is taken away in one transaction,
/// and its rows are deleted in others.
/// </remarks>
internal static class PostgresPruning
{
    // Over the index of ended executions, whose condition stands first, word for word. What somebody holds is another's turn.
    internal const string Next = """
        SELECT e.number FROM fd_executions e JOIN fd_counters c ON c.execution = e.number
        WHERE e.status IN (3, 4, 5) AND e.completed_at < $1 AND NOT e.owes_returns AND ($2 IS NULL OR e.organization_id = $2)
            AND c.in_doubt = 0 AND (c.open = 0 OR e.status = 4) AND (SELECT 1 FROM fd_leases l WHERE l.execution = e.number LIMIT 1) IS NULL
        ORDER BY e.completed_at LIMIT 1 FOR UPDATE OF e, c SKIP LOCKED
        """;

    internal const string Begun = "SELECT execution FROM fd_pruned ORDER BY execution LIMIT 1 FOR UPDATE SKIP LOCKED";

    internal const string Lowest = "SELECT key FROM fd_recipients WHERE key >= $1 AND key <= $2 ORDER BY key LIMIT 1";

    internal const string DeleteRows = "DELETE FROM fd_recipients WHERE key >= $1 AND key <= $2 RETURNING provider_message_id";

    internal const string DeleteHistory = "DELETE FROM fd_recipient_events WHERE recipient >= $1 AND recipient <= $2 RETURNING provider_message_id";

    internal const string DeleteMessages =
        "DELETE FROM fd_messages m USING unnest($1) AS x WHERE m.hash = hashtextextended(x, 0) AND m.recipient >= $2 AND m.recipient <= $3";

    public static async Task<PruneStep> StepAsync(
        PostgresSession session, DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken)
    {
        var begun = await session.ReadAsync(Begun, row => row.GetInt32(0), cancellationToken).ConfigureAwait(false);
        if (begun.Count > 0)
        {
            return new(0, await DeleteAsync(session, begun[0], limit, cancellationToken).ConfigureAwait(false), Done: false);
        }

        var next = await session.PlanAsync(Next, row => row.GetInt32(0), cancellationToken, endedBefore, organizationId).ConfigureAwait(false);
        if (next.Count == 0)
        {
            return new(0, 0, Done: true);
        }

        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(PruneSql.Keep, next[0]);
            batch.Add(PruneSql.Note, next[0]);
            foreach (var statement in PruneSql.TakeAway)
            {
                batch.Add(statement, next[0]);
            }

            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return new(1, 0, Done: false);
    }

    private static async Task<int> DeleteAsync(PostgresSession session, int execution, int limit, CancellationToken cancellationToken)
    {
        var (first, last) = PackedKey.Range(execution);
        var low = await session.ReadAsync(Lowest, row => row.GetInt64(0), cancellationToken, first, last).ConfigureAwait(false);
        if (low.Count == 0)
        {
            // A receipt that was being written down when the execution was taken away may have counted an error since.
            await session.RunAsync("DELETE FROM fd_error_counts WHERE execution = $1", cancellationToken, execution).ConfigureAwait(false);
            await session.RunAsync("DELETE FROM fd_pruned WHERE execution = $1", cancellationToken, execution).ConfigureAwait(false);
            return 0;
        }

        var high = Math.Min(low[0] + limit - 1, last);
        var sent = await session.ReadAsync(DeleteRows, row => row.TextOrNull(0), cancellationToken, low[0], high).ConfigureAwait(false);
        var heard = await session.ReadAsync(DeleteHistory, row => row.TextOrNull(0), cancellationToken, low[0], high).ConfigureAwait(false);
        var messages = sent.Concat(heard).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            if (messages.Length > 0)
            {
                batch.Add(DeleteMessages, messages, low[0], high);
            }

            foreach (var statement in PruneSql.Followers)
            {
                batch.Add(statement, low[0], high);
            }

            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return sent.Count;
    }
}
