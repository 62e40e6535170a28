using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Leases within a transaction: who holds one, and how one ends.</summary>
internal static class PostgresLeases
{
    // Until the slots are given nobody renews one of these: it is counted as what it is.
    internal const string HoldCounted = "SELECT 1 FROM fd_leases WHERE automation_id = $1 ORDER BY token FOR SHARE";

    internal const string Grant = $"""
        INSERT INTO fd_leases (execution, automation_id, node, slots, until, committed)
        SELECT $2, $3, $4, LEAST($5, $6 - taken), now + $7, 0
        FROM (SELECT COALESCE(SUM(l.slots), 0)::int AS taken, MAX(c.now) AS now
              FROM (SELECT {PostgresClock.Now} AS now) c LEFT JOIN fd_leases l ON l.automation_id = $3 AND l.until > c.now) t
        WHERE $6 - taken >= 1
        RETURNING token, slots
        """;

    // Of the slices' passed, those that are open and not in the queue: their attempts have no answer.
    internal const string Unanswered = $"FROM fd_recipients r WHERE r.key >= $1 AND r.key < $2 AND r.open AND {RecipientRow.NotQueued} ORDER BY r.key FOR UPDATE";

    private const string EndDue = "UPDATE fd_due SET token = NULL, marked = FALSE WHERE token = $1";

    public static async Task<DispatchLease?> TakeAsync(
        PostgresSession session, int number, string node, int slots, TimeSpan duration, PostgresClock clock, CancellationToken cancellationToken)
    {
        var found = await session.ReadAsync(
            "SELECT automation_id, max_concurrent FROM fd_executions WHERE number = $1 AND status = 1",
            row => (Automation: row.GetGuid(0), Most: row.GetInt32(1)), cancellationToken, number).ConfigureAwait(false);
        if (found.Count == 0)
        {
            return null;
        }

        // Slots are counted and given while nobody else does: rows to hold there may be none.
        var (automation, most) = found[0];
        await session.LockAsync($"slots {automation}", cancellationToken).ConfigureAwait(false);
        await session.RunAsync(HoldCounted, cancellationToken, automation).ConfigureAwait(false);
        return (await session.ReadAsync(
            Grant, row => new DispatchLease(number, row.GetInt64(0), row.GetInt32(1)), cancellationToken,
            clock.Given, number, automation, node, slots, most, duration).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <summary>
    /// Takes back all that a lease holds: whoever was passed and has no answer by <see cref="RecipientRules.Recover"/>,
    /// everybody else as if nobody had claimed them.
    /// </summary>
    /// <returns>False where somebody else did, or where the lease still holds though it was to have ended.</returns>
    public static async Task<bool> EndAsync(PostgresSession session, int number, long token, bool ended, PostgresClock clock, CancellationToken cancellationToken)
    {
        // First the lease itself: a commit under it is over by now or finds none any more.
        await session.RunAsync(PostgresCommit.End, cancellationToken, token).ConfigureAwait(false);
        var deleted = await session.ReadAsync(
            $"WITH l AS (DELETE FROM fd_leases WHERE token = $2 AND execution = $3 AND (NOT $4 OR until <= {PostgresClock.Now}) RETURNING committed) SELECT {PostgresClock.Now}, committed FROM l",
            row => (At: row.Instant(0), Committed: row.GetInt64(1)), cancellationToken, clock.Given, token, number, ended).ConfigureAwait(false);
        if (deleted.Count == 0)
        {
            return false;
        }

        var writer = new RecipientWriter(number);
        foreach (var row in await InFlightAsync(session, number, token, cancellationToken).ConfigureAwait(false))
        {
            writer.Change(PackedKey.Of(number, row.Id.Ordinal), row, r => RecipientRules.Recover(r, deleted[0].At));
        }

        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            writer.AddRows(batch, []);
            writer.AddFollowers(batch);
            batch.Add("DELETE FROM fd_slices WHERE token = $1 AND position >= count", token);
            batch.Add("UPDATE fd_slices SET token = NULL WHERE token = $1", token);
            batch.Add(EndDue, token);
            batch.Add(PostgresCounters.FoldRest, token, deleted[0].Committed, number);
            writer.AddCounters(batch);
            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<List<Recipient>> InFlightAsync(PostgresSession session, int number, long token, CancellationToken cancellationToken)
    {
        ExecutionHead execution;
        List<(long From, long To)> passed;
        List<long> marked;
        var held = session.Batch();
        await using (held.ConfigureAwait(false))
        {
            held.Add($"SELECT {ExecutionHeads.Columns} FROM fd_executions e WHERE e.number = $1", number);
            held.Add("SELECT key, marked FROM fd_due WHERE token = $1 ORDER BY key FOR UPDATE", token);
            held.Add("SELECT key, key + position FROM fd_slices WHERE token = $1 ORDER BY key FOR UPDATE", token);
            var rows = await held.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                execution = (await rows.ListAsync(ExecutionHeads.Read, cancellationToken).ConfigureAwait(false)).Single();
                marked = [.. (await rows.NextListAsync(r => (Key: r.GetInt64(0), Marked: r.GetBoolean(1)), cancellationToken).ConfigureAwait(false)).Where(d => d.Marked).Select(d => d.Key)];
                passed = await rows.NextListAsync(r => (r.GetInt64(0), r.GetInt64(1)), cancellationToken).ConfigureAwait(false);
            }
        }

        var inFlight = await session.ReadAsync(
            $"SELECT {RecipientRow.Columns} FROM unnest($1) AS k JOIN fd_recipients r ON r.key = k WHERE r.open FOR UPDATE OF r",
            row => RecipientRow.Read(row, execution), cancellationToken, marked.ToArray()).ConfigureAwait(false);
        foreach (var (from, to) in passed)
        {
            inFlight.AddRange(await UnansweredAsync(session, execution, from, to, cancellationToken).ConfigureAwait(false));
        }

        return inFlight;
    }

    // Held by one statement and read by the next: a receipt that was waited for may have put somebody into the queue, and a
    // statement sees the queue as it was when it began.
    private static async Task<List<Recipient>> UnansweredAsync(PostgresSession session, ExecutionHead execution, long from, long to, CancellationToken cancellationToken)
    {
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add($"SELECT 1 {Unanswered}", from, to);
            batch.Add($"SELECT {RecipientRow.Columns} {Unanswered}", from, to);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return await rows.NextListAsync(row => RecipientRow.Read(row, execution), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
