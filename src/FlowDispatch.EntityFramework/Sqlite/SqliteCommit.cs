using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A node's marks and outcomes within a transaction: about one row write per recipient.</summary>
internal static class SqliteCommit
{
    public static bool Write(SqliteSession session, DispatchLease lease, DispatchCommit commit, DateTimeOffset now)
    {
        if (!SqliteLeases.Begin(session, lease, commit, now))
        {
            return SqliteLeases.Holds(session, lease, now);
        }

        var slices = ReadSlices(session, lease.Token);
        var due = ReadDue(session, lease.Token);
        if (!Mark(session, lease, commit, slices, due))
        {
            session.Undo();
            return false;
        }

        Change(session, lease, commit, slices, due);
        foreach (var slice in slices)
        {
            if (slice.Passed && slice.Answered && !AnyInFlight(session, slice))
            {
                session["DELETE FROM fd_slices WHERE key = $1"].Run(slice.Key);
            }
            else if (slice.Moved)
            {
                session["UPDATE fd_slices SET position = $2 WHERE key = $1"].Run(slice.Key, slice.Position);
            }
        }

        return true;
    }

    private static bool Mark(SqliteSession session, DispatchLease lease, DispatchCommit commit, List<HeldSlice> slices, HashSet<long> due)
    {
        // Nearly always the queue has nobody between the first and the last: one look tells.
        var queued = commit.Marks.Count > 0 && session["SELECT EXISTS (SELECT 1 FROM fd_due WHERE key >= $1 AND key <= $2)"]
            .Number(PackedKey.Of(lease.ExecutionNumber, commit.Marks.Min()), PackedKey.Of(lease.ExecutionNumber, commit.Marks.Max())) != 0;
        foreach (var ordinal in commit.Marks)
        {
            var key = PackedKey.Of(lease.ExecutionNumber, ordinal);
            if (due.Contains(key))
            {
                session["UPDATE fd_due SET marked = 1 WHERE key = $1"].Run(key);
            }
            else if (slices.Find(s => s.Contains(key)) is { } slice && !(queued && IsQueued(session, key)))
            {
                slice.Pass(key);
            }
            else if (!IsEnded(session, key))
            {
                // It was put into the queue meanwhile, by a receipt: somebody else may hold it by now, and it may need no message at all.
                return false;
            }
        }

        return true;
    }

    // Of whoever's run a reply or receipt has ended nothing is left to mark.
    private static bool IsEnded(SqliteSession session, long key) => session["SELECT EXISTS (SELECT 1 FROM fd_recipients WHERE key = $1 AND NOT open)"].Number(key) != 0;

    private static bool IsQueued(SqliteSession session, long key) => session["SELECT EXISTS (SELECT 1 FROM fd_due WHERE key = $1)"].Number(key) != 0;

    private static void Change(SqliteSession session, DispatchLease lease, DispatchCommit commit, List<HeldSlice> slices, HashSet<long> due)
    {
        var writer = new RecipientWriter(session, lease.ExecutionNumber);
        ExecutionHead? execution = null;
        foreach (var change in commit.Changes)
        {
            var key = PackedKey.Of(lease.ExecutionNumber, change.Claimed.Id.Ordinal);
            var decided = change.Decide(change.Claimed);
            if (!writer.TryWrite(key, change.Claimed, decided))
            {
                execution ??= SqliteExecutionHead.Find(session, lease.ExecutionNumber)!;
                var row = ReadRow(session, execution, key);
                decided = change.Decide(row);
                writer.Write(key, row, decided);
            }

            if (!due.Contains(key) && slices.Find(s => s.Contains(key)) is { } slice)
            {
                slice.Pass(key);
                slice.Answered = true;
            }
        }

        writer.Save();
    }

    private static Recipient ReadRow(SqliteSession session, ExecutionHead execution, long key)
    {
        using var row = session[$"SELECT {RecipientRow.Columns} FROM fd_recipients r WHERE r.key = $1"].Read(key);
        return row.Read()
            ? RecipientRow.Read(row, execution)
            : throw new InvalidOperationException($"Execution {execution.Number} has no recipient with ordinal {PackedKey.Place(key)}; a commit names claimed ones only.");
    }

    private static bool AnyInFlight(SqliteSession session, HeldSlice slice) => session["""
        SELECT EXISTS (
            SELECT 1 FROM fd_recipients r
            WHERE r.key >= $1 AND r.key < $2 AND r.open = 1 AND NOT EXISTS (SELECT 1 FROM fd_due d WHERE d.key = r.key))
        """].Number(slice.Key, slice.Key + slice.Position) != 0;

    private static List<HeldSlice> ReadSlices(SqliteSession session, long token)
    {
        var slices = new List<HeldSlice>();
        using var row = session["SELECT key, count, position FROM fd_slices WHERE token = $1"].Read(token);
        while (row.Read())
        {
            slices.Add(new(row.Int64(0), row.Int32(1), row.Int32(2)));
        }

        return slices;
    }

    private static HashSet<long> ReadDue(SqliteSession session, long token)
    {
        var due = new HashSet<long>();
        using var row = session["SELECT key FROM fd_due WHERE token = $1"].Read(token);
        while (row.Read())
        {
            due.Add(row.Int64(0));
        }

        return due;
    }
}
