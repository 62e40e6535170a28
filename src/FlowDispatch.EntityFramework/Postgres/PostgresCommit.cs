using FlowDispatch.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>A node's marks and outcomes: about one row write per recipient, all in one turn of the wire.</summary>
/// <remarks>
/// Outcomes are decided on the rows as they were claimed and written where they still stand so; each statement checks
/// itself and fails the whole where it changed other rows than it should. Then all is made again on the rows as they are,
/// held from before the decision on. The commit's own row comes after the recipients': until there a commit works beside
/// the one before it, and from there on behind it.
/// </remarks>
internal sealed class PostgresCommit
{
    // Locks that are no rows: of a lease, which whoever ends it waits for, and of each commit, which the next one waits for.
    private const string LeaseLock = "hashint8extended($1, 'fd_leases'::regclass::oid::bigint << 31)";

    private const string CommitLock = "hashint8extended($1, ('fd_leases'::regclass::oid::bigint << 31) # $2)";

    internal const string Begin = $"SELECT pg_advisory_xact_lock_shared({LeaseLock}), pg_advisory_xact_lock({CommitLock})";

    internal const string Follow = $"SELECT pg_advisory_xact_lock({CommitLock})";

    internal const string End = $"SELECT pg_advisory_xact_lock({LeaseLock})";

    // The commit's own row, where it is its turn. Whoever ends the lease waits for the first lock, so that it needs no other.
    internal const string Fence = $"""
        INSERT INTO fd_commits (token, number, sent, delivered, read, replied, completed, failed, skipped, cancelled, pending, in_doubt, open, codes, counts)
        SELECT l.token, $4, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 FROM fd_leases l
        WHERE l.token = $2 AND l.execution = $3 AND l.until > {PostgresClock.Now} AND {LastMade} BETWEEN $5 AND $4 - 1
        """;

    // Of lease l, the last commit that is made.
    private const string LastMade = "GREATEST(l.committed, (SELECT m.number FROM fd_commits m WHERE m.token = $2 ORDER BY m.number DESC LIMIT 1))";

    // Nearly always the queue has nobody between the first and the last that a commit names: one look tells, in place of
    // one for each of them.
    private const string AnyQueued = "(SELECT EXISTS (SELECT 1 FROM fd_due q WHERE q.key BETWEEN $2 AND $3))";

    // Before anything else of these recipients is held: a receipt puts people into the queue in the same order.
    internal const string HoldDue = $"SELECT 1 FROM unnest((SELECT $1), (SELECT $4)) AS x(first, last) JOIN fd_due d ON d.key BETWEEN x.first AND x.last WHERE {AnyQueued} FOR UPDATE OF d";

    // Everybody named is passed but those that this lease took from the queue; their entries are marked. Who is to be marked must not have been put
    // into the queue meanwhile, by a receipt: somebody else may hold that entry by now, and it may need no message at all.
    // Neighbours come as one run, and are told apart only where the queue has anybody. The arrays are behind a SELECT, so
    // that a plan for these values is no cheaper than one for all, and the server makes none anew each time.
    private const string Passing = $"""
        WITH runs AS MATERIALIZED (SELECT first, last, mark FROM unnest((SELECT $4), (SELECT $5), (SELECT $6)) AS x(first, last, mark)),
        named AS MATERIALIZED (
            SELECT first, last, mark, NULL::boolean AS held FROM runs WHERE NOT {AnyQueued}
            UNION ALL
            SELECT k, k, mark, (SELECT d.token IS NOT DISTINCT FROM $1 FROM fd_due d WHERE d.key = k) FROM runs, generate_series(first, last) AS k WHERE {AnyQueued}),
        passed AS MATERIALIZED (
            SELECT s.key, MAX(LEAST(n.last, s.key + s.count - 1)) AS last,
                SUM(LEAST(n.last, s.key + s.count - 1) - GREATEST(n.first, s.key) + 1) FILTER (WHERE n.mark) AS marks
            FROM fd_slices s JOIN named n ON n.last >= s.key AND n.first < s.key + s.count
            WHERE s.token = $1 AND s.key BETWEEN COALESCE((SELECT b.key FROM fd_slices b WHERE b.token = $1 AND b.key <= $2 ORDER BY b.key DESC LIMIT 1), $2) AND $3
                AND n.held IS NOT TRUE AND NOT (n.mark AND n.held IS NOT NULL)
            GROUP BY s.key),
        moved AS (
            UPDATE fd_slices s SET position = (p.last - s.key + 1)::int FROM passed p WHERE s.key = p.key AND s.position < p.last - s.key + 1),
        due AS (
            UPDATE fd_due d SET marked = TRUE FROM named n WHERE n.mark AND n.held AND d.key = n.first RETURNING 1)
        """;

    private const string Marked = "(SELECT COALESCE(SUM(marks), 0) FROM passed) + (SELECT COUNT(*) FROM due)";

    internal const string Pass = $"{Passing} SELECT ({Marked})::bigint AS marked";

    internal const string PassAll = $"{Passing} SELECT CAST(CASE WHEN {Marked} = $7 THEN '1' ELSE '{PostgresCheck.Failed}' END AS int)";

    // Of the marked those whose run a reply or receipt has ended, and whose entry or slice is gone with that: nothing is left to mark.
    internal const string Ended = """
        SELECT r.key FROM fd_recipients r WHERE r.key = ANY($1) AND NOT r.open
            AND NOT EXISTS (SELECT 1 FROM fd_slices s WHERE s.token = $2 AND s.key <= r.key AND r.key < s.key + s.count)
        """;

    private readonly DispatchLease _lease;
    private readonly DispatchCommit _commit;
    private readonly PostgresClock _clock;
    private readonly long[] _asked;
    private long[] _marks;
    private readonly RecipientWriter _claimed;

    public PostgresCommit(DispatchLease lease, DispatchCommit commit, PostgresClock clock)
    {
        (_lease, _commit, _clock) = (lease, commit, clock);
        _asked = [.. commit.Marks.Select(Key)];
        Array.Sort(_asked);
        _marks = _asked;
        _claimed = new(lease.ExecutionNumber);
        foreach (var change in commit.Changes)
        {
            _claimed.Change(Key(change.Claimed.Id.Ordinal), change.Claimed, change.Decide);
        }
    }

    /// <summary>Writes all, or nothing where the lease, a mark or a row was no more as it was claimed: false.</summary>
    /// <remarks>Also where the commit before it has not come to the server: then it may be made once that is made.</remarks>
    public async Task<bool> TryAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            return await database.AtOnceAsync(
                async session =>
                {
                    var batch = session.Batch();
                    await using (batch.ConfigureAwait(false))
                    {
                        batch.Add(Begin, _lease.Token, _commit.Number);
                        var (first, last, mark) = Named();
                        Hold(batch, first, last);
                        RecipientUpdate.AddChecked(batch, _claimed.Writes);
                        _claimed.AddMessages(batch);
                        if (_commit.Follows > 0)
                        {
                            batch.Add(Follow, _lease.Token, _commit.Follows);
                        }

                        batch.Add(PostgresCheck.Exactly(Fence, "1"), Made(_claimed));
                        batch.Add(PassAll, _lease.Token, First(first), Last(last), first, last, mark, (long)_marks.Length);
                        AddRest(batch, _claimed);
                        await batch.RunAsync(cancellationToken).ConfigureAwait(false);
                        return true;
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (PostgresCheck.Is(error))
        {
            return false;
        }
    }

    /// <summary>Decides on the rows as they are.</summary>
    public async Task<bool> MakeAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await session.RunAsync(Begin, cancellationToken, _lease.Token, _commit.Number).ConfigureAwait(false);
        if (await SettledAsync(session, cancellationToken).ConfigureAwait(false) is { } settled)
        {
            return settled;
        }

        var (first, last, _) = Named();
        await HoldDueAsync().ConfigureAwait(false);
        var execution = (await ExecutionHeads.FindAsync(session, _lease.ExecutionNumber, cancellationToken).ConfigureAwait(false))!;
        var rows = (await session.ReadAsync(
            $"SELECT {RecipientRow.Columns} FROM unnest($1) AS k JOIN fd_recipients r ON r.key = k FOR UPDATE OF r",
            row => RecipientRow.Read(row, execution), cancellationToken, Changed()).ConfigureAwait(false)).ToDictionary(r => r.Id.Ordinal);

        // Again: a receipt that was waited for may have put them into the queue, and there they could be claimed and marked yet.
        await HoldDueAsync().ConfigureAwait(false);
        await PassOverEndedAsync(session, cancellationToken).ConfigureAwait(false);
        var writer = new RecipientWriter(_lease.ExecutionNumber);
        foreach (var change in _commit.Changes)
        {
            var ordinal = change.Claimed.Id.Ordinal;
            writer.Change(
                Key(ordinal),
                rows.GetValueOrDefault(ordinal) ?? throw new InvalidOperationException(
                    $"Execution {_lease.ExecutionNumber} has no recipient with ordinal {ordinal}; a commit names claimed ones only."),
                change.Decide);
        }

        if (await session.RunAsync(Fence, cancellationToken, Made(writer)).ConfigureAwait(false) == 0)
        {
            return await SettledAsync(session, cancellationToken).ConfigureAwait(false) ?? false;
        }

        return await WriteAsync(session, writer, cancellationToken).ConfigureAwait(false);

        Task HoldDueAsync() => session.RunAsync(HoldDue, cancellationToken, first, First(first), Last(last), last);
    }

    private async Task PassOverEndedAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (_asked.Length > 0)
        {
            // Of all each time: what PostgreSQL gave up is run again, and somebody's run may have gone on by then.
            var ended = await session.ReadAsync(Ended, row => row.GetInt64(0), cancellationToken, _asked, _lease.Token).ConfigureAwait(false);
            _marks = [.. _asked.Except(ended)];
        }
    }

    /// <summary>Adds the statement that holds the due entries of these, whose keys are in order.</summary>
    public static void Hold(PostgresBatch batch, long[] keys)
    {
        var (first, last) = PackedKey.Runs(keys);
        Hold(batch, first, last);
    }

    private static void Hold(PostgresBatch batch, long[] first, long[] last) => batch.Add(HoldDue, first, First(first), Last(last), last);

    private static long First(long[] keys) => keys.Length == 0 ? 0 : keys[0];

    private static long Last(long[] keys) => keys.Length == 0 ? 0 : keys[^1];

    private long Key(int ordinal) => PackedKey.Of(_lease.ExecutionNumber, ordinal);

    private long[] Changed() => [.. _claimed.Writes.Select(w => w.Key)];

    // The marked and the changed in order, as runs of neighbours that are marked, or not, alike.
    private (long[] First, long[] Last, bool[] Marked) Named()
    {
        var (first, last, marked) = (new List<long>(), new List<long>(), new List<bool>());
        var (mark, change) = (0, 0);
        while (mark < _marks.Length || change < _claimed.Writes.Count)
        {
            var left = mark < _marks.Length ? _marks[mark] : long.MaxValue;
            var right = change < _claimed.Writes.Count ? _claimed.Writes[change].Key : long.MaxValue;
            var key = Math.Min(left, right);
            if (last.Count > 0 && key == last[^1] + 1 && marked[^1] == (left <= right))
            {
                last[^1] = key;
            }
            else
            {
                first.Add(key);
                last.Add(key);
                marked.Add(left <= right);
            }

            mark += left <= right ? 1 : 0;
            change += right <= left ? 1 : 0;
        }

        return ([.. first], [.. last], [.. marked]);
    }

    private async Task<bool> WriteAsync(PostgresSession session, RecipientWriter writer, CancellationToken cancellationToken)
    {
        var expected = new List<(int Place, int Rows)>();
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            var (first, last, mark) = Named();
            batch.Add(Pass, _lease.Token, First(first), Last(last), first, last, mark);
            writer.AddRows(batch, expected);
            writer.AddMessages(batch);
            AddRest(batch, writer);

            // Only the first of these answers with a row: how many were marked.
            long marked;
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                marked = (await rows.ListAsync(row => row.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];
                while (await rows.NextResultAsync(cancellationToken).ConfigureAwait(false))
                {
                }
            }

            if (marked != _marks.Length)
            {
                session.Undo();
                return false;
            }

            return expected.TrueForAll(e => batch.Changed(e.Place) == e.Rows)
                ? true
                : throw new InvalidOperationException($"Execution {_lease.ExecutionNumber}: rows changed while they were held.");
        }
    }

    private void AddRest(PostgresBatch batch, RecipientWriter writer)
    {
        writer.AddFollowers(batch);
        PostgresCounters.AddFold(batch, _lease.Token, _commit.Number, _lease.ExecutionNumber);
    }

    private PostgresValue[] Made(RecipientWriter writer)
    {
        var (sum, errors) = (writer.Tally(), writer.Errors());
        return
        [
            _clock.Given, _lease.Token, _lease.ExecutionNumber, _commit.Number, _commit.Follows,
            sum.Sent, sum.Delivered, sum.Read, sum.Replied, sum.Completed, sum.Failed, sum.Skipped, sum.Cancelled, sum.Pending, sum.InDoubt, sum.Open,
            errors.ConvertAll(e => (string?)e.Code).ToArray(), errors.ConvertAll(e => e.Count).ToArray(),
        ];
    }

    // True where it was made before, false where the lease is gone; null where it may be made.
    private async Task<bool?> SettledAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var committed = await session.ReadAsync(
            $"SELECT {LastMade} FROM fd_leases l WHERE l.token = $2 AND l.execution = $3 AND l.until > {PostgresClock.Now}", row => row.GetInt64(0),
            cancellationToken, _clock.Given, _lease.Token, _lease.ExecutionNumber).ConfigureAwait(false);
        return committed switch
        {
            [] => false,
            [var last] when last >= _commit.Number => true,
            [var last] when last < _commit.Follows => throw new CommitOutOfTurnException(_commit.Number, _commit.Follows),
            _ => null,
        };
    }
}
