using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>A node's marks and outcomes within a transaction: about one row write per recipient, all in one turn of the wire.</summary>
/// <remarks>
/// Outcomes are decided on the rows as they were claimed and written where they still stand so. Where one does not, the
/// whole is undone and made again on the rows as they are, held from before the decision on.
/// </remarks>
internal sealed class PostgresCommit(DispatchLease lease, DispatchCommit commit, PostgresClock clock)
{
    internal const string Fence =
        $"UPDATE fd_leases SET committed = $4 WHERE token = $2 AND execution = $3 AND until > {PostgresClock.Now} AND committed < $4";

    // Before anything else of these recipients is held: a receipt puts people into the queue in the same order.
    internal const string HoldDue = "SELECT 1 FROM unnest($1) AS k JOIN fd_due d ON d.key = k FOR UPDATE OF d";

    internal const string MarkDue = "UPDATE fd_due SET marked = TRUE WHERE key = ANY($1) AND token = $2";

    // Everybody named is passed but those that this lease took from the queue. Who is to be marked must not have been put
    // into the queue meanwhile, by a receipt: somebody else may hold that entry by now, and it may need no message at all.
    internal const string Pass = """
        WITH named AS MATERIALIZED (
            SELECT x.key, x.mark, (SELECT d.token IS NOT DISTINCT FROM $1 FROM fd_due d WHERE d.key = x.key) AS held
            FROM unnest($2, $3) AS x(key, mark)),
        passed AS MATERIALIZED (
            SELECT s.key, MAX(n.key) AS last, COUNT(*) FILTER (WHERE n.mark) AS marks
            FROM fd_slices s JOIN named n ON n.key >= s.key AND n.key < s.key + s.count
            WHERE s.token = $1 AND n.held IS NOT TRUE AND NOT (n.mark AND n.held IS NOT NULL AND n.key < s.key + s.position)
            GROUP BY s.key),
        moved AS (
            UPDATE fd_slices s SET position = GREATEST(s.position, (p.last - s.key + 1)::int) FROM passed p WHERE s.key = p.key)
        SELECT COALESCE(SUM(marks), 0)::bigint AS marked FROM passed
        """;

    internal const string Unqueue = "DELETE FROM fd_due WHERE key = ANY($1) AND token = $2";

    // Passed and answered to the last one: nobody of it is in a sender's hands.
    internal const string Finish = """
        DELETE FROM fd_slices s
        WHERE s.token = $1 AND s.position >= s.count AND EXISTS (SELECT 1 FROM unnest($2) AS k WHERE k >= s.key AND k < s.key + s.count)
            AND (SELECT 1 FROM fd_recipients r
                 WHERE r.key >= s.key AND r.key < s.key + s.count AND r.open AND (SELECT 1 FROM fd_due q WHERE q.key = r.key) IS NULL
                 ORDER BY r.key LIMIT 1) IS NULL
        """;

    private readonly long[] _marks = [.. commit.Marks.Select(ordinal => PackedKey.Of(lease.ExecutionNumber, ordinal)).Order()];
    private readonly long[] _changed = [.. commit.Changes.Select(c => PackedKey.Of(lease.ExecutionNumber, c.Claimed.Id.Ordinal)).Distinct().Order()];

    /// <summary>Null where a row was no more as it was claimed, and nothing was written.</summary>
    public async Task<bool?> TryAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var writer = new RecipientWriter(lease.ExecutionNumber);
        foreach (var change in commit.Changes)
        {
            writer.Change(PackedKey.Of(lease.ExecutionNumber, change.Claimed.Id.Ordinal), change.Claimed, change.Decide);
        }

        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            var fence = batch.Add(Fence, clock.Given, lease.Token, lease.ExecutionNumber, commit.Number);
            return await WriteAsync(session, batch, fence, writer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Decides on the rows as they are.</summary>
    public async Task<bool> MakeAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (await session.RunAsync(Fence, cancellationToken, clock.Given, lease.Token, lease.ExecutionNumber, commit.Number).ConfigureAwait(false) == 0)
        {
            return await RefusedAsync(session, cancellationToken).ConfigureAwait(false);
        }

        await session.RunAsync(HoldDue, cancellationToken, Named()).ConfigureAwait(false);
        var execution = (await ExecutionHeads.FindAsync(session, lease.ExecutionNumber, cancellationToken).ConfigureAwait(false))!;
        var rows = (await session.ReadAsync(
            $"SELECT {RecipientRow.Columns} FROM unnest($1) AS k JOIN fd_recipients r ON r.key = k FOR UPDATE OF r",
            row => RecipientRow.Read(row, execution), cancellationToken, _changed).ConfigureAwait(false)).ToDictionary(r => r.Id.Ordinal);
        var writer = new RecipientWriter(lease.ExecutionNumber);
        foreach (var change in commit.Changes)
        {
            var ordinal = change.Claimed.Id.Ordinal;
            writer.Change(
                PackedKey.Of(lease.ExecutionNumber, ordinal),
                rows.GetValueOrDefault(ordinal) ?? throw new InvalidOperationException(
                    $"Execution {lease.ExecutionNumber} has no recipient with ordinal {ordinal}; a commit names claimed ones only."),
                change.Decide);
        }

        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            return await WriteAsync(session, batch, fence: null, writer, cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"Execution {lease.ExecutionNumber}: rows changed while they were held.");
        }
    }

    private long[] Named() => [.. _marks.Union(_changed).Order()];

    private async Task<bool?> WriteAsync(PostgresSession session, PostgresBatch batch, int? fence, RecipientWriter writer, CancellationToken cancellationToken)
    {
        var expected = new List<(int Place, int Rows)>();
        var named = Named();
        if (fence is not null)
        {
            batch.Add(HoldDue, named);
        }

        int? due = _marks.Length > 0 ? batch.Add(MarkDue, _marks, lease.Token) : null;
        var pass = batch.Add(Pass, lease.Token, named, Array.ConvertAll(named, key => Array.BinarySearch(_marks, key) >= 0));
        writer.AddRows(batch, expected);
        var answered = writer.Writes.Where(w => w is { DueAt: null, After.Open: true }).Select(w => w.Key).ToArray();
        if (answered.Length > 0)
        {
            batch.Add(Unqueue, answered, lease.Token);
        }

        writer.AddFollowers(batch);
        if (_changed.Length > 0)
        {
            batch.Add(Finish, lease.Token, _changed);
        }

        writer.AddCounters(batch);

        // Only one statement of these answers with a row: how many were marked in slices.
        var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
        long marked;
        await using (rows.ConfigureAwait(false))
        {
            marked = (await Counts(rows, cancellationToken).ConfigureAwait(false))[^1];
        }

        if (fence is { } place && batch.Changed(place) == 0)
        {
            session.Undo();
            return await RefusedAsync(session, cancellationToken).ConfigureAwait(false);
        }

        if (marked + (due is { } queue ? batch.Changed(queue) : 0) != _marks.Length)
        {
            session.Undo();
            return false;
        }

        if (expected.TrueForAll(e => batch.Changed(e.Place) == e.Rows))
        {
            return true;
        }

        session.Undo();
        return null;
    }

    private Task<bool> RefusedAsync(PostgresSession session, CancellationToken cancellationToken) =>
        PostgresLeases.HoldsAsync(session, lease, clock, cancellationToken);

    // The first value of each row set, whatever its width.
    private static async Task<List<long>> Counts(System.Data.Common.DbDataReader rows, CancellationToken cancellationToken)
    {
        var counts = new List<long> { 0 };
        do
        {
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (rows.GetName(0) == "marked")
                {
                    counts.Add(rows.GetInt64(0));
                }
            }
        }
        while (await rows.NextResultAsync(cancellationToken).ConfigureAwait(false));

        return counts;
    }
}
