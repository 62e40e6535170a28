using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Leases within a transaction: who holds one, and how one ends.</summary>
internal static class SqliteLeases
{
    public static bool Holds(SqliteSession session, DispatchLease lease, DateTimeOffset now) =>
        session["SELECT EXISTS (SELECT 1 FROM fd_leases WHERE token = $1 AND execution = $2 AND until > $3)"]
            .Number(lease.Token, lease.ExecutionNumber, now) != 0;

    /// <summary>Notes the commit's number: the fence and the proof against a repetition in one write.</summary>
    /// <returns>True when it is to be made; false when the lease does not hold or it was made before.</returns>
    /// <exception cref="CommitOutOfTurnException">The one that it follows is not made yet.</exception>
    public static bool Begin(SqliteSession session, DispatchLease lease, DispatchCommit commit, DateTimeOffset now)
    {
        var begun = session["UPDATE fd_leases SET committed = $4 WHERE token = $1 AND execution = $2 AND until > $3 AND committed < $4 AND committed >= $5"]
            .Run(lease.Token, lease.ExecutionNumber, now, commit.Number, commit.Follows) != 0;
        return begun || session["SELECT COALESCE(MIN(committed), $4) < $4 FROM fd_leases WHERE token = $1 AND execution = $2 AND until > $3"]
            .Number(lease.Token, lease.ExecutionNumber, now, commit.Number) == 0
            ? begun
            : throw new CommitOutOfTurnException(commit.Number, commit.Follows);
    }

    public static DispatchLease? Take(SqliteSession session, int number, string node, int slots, TimeSpan duration, DateTimeOffset now)
    {
        Guid automation;
        int most;
        using (var row = session["SELECT automation_id, max_concurrent FROM fd_executions WHERE number = $1 AND status = $2"].Read(number, (int)ExecutionStatus.Running))
        {
            if (!row.Read())
            {
                return null;
            }

            automation = row.Id(0);
            most = row.Int32(1);
        }

        var taken = session["SELECT SUM(slots) FROM fd_leases WHERE automation_id = $1 AND until > $2"].Number(automation, now);
        var granted = (int)Math.Min(slots, most - taken);
        return granted < 1
            ? null
            : new(
                number,
                session["INSERT INTO fd_leases (execution, automation_id, node, slots, until, committed) VALUES ($1, $2, $3, $4, $5, 0) RETURNING token"]
                    .Number(number, automation, node, granted, now + duration),
                granted);
    }

    /// <summary>
    /// Takes back all that a lease holds: whoever was passed and has no answer by <see cref="RecipientRules.Recover"/>,
    /// everybody else as if nobody had claimed them.
    /// </summary>
    public static void End(SqliteSession session, int number, long token, DateTimeOffset now)
    {
        var execution = SqliteExecutionHead.Find(session, number)!;
        var inFlight = new List<Recipient>();
        Collect(session[$"""
            SELECT {RecipientRow.Columns} FROM fd_slices s JOIN fd_recipients r ON r.key >= s.key AND r.key < s.key + s.position
            WHERE s.token = $1 AND r.open = 1 AND NOT EXISTS (SELECT 1 FROM fd_due d WHERE d.key = r.key)
            """]);
        Collect(session[$"""
            SELECT {RecipientRow.Columns} FROM fd_due d JOIN fd_recipients r ON r.key = d.key
            WHERE d.token = $1 AND d.marked = 1 AND r.open = 1
            """]);

        var writer = new RecipientWriter(session, number);
        foreach (var row in inFlight)
        {
            writer.Write(PackedKey.Of(number, row.Id.Ordinal), row, RecipientRules.Recover(row, now));
        }

        writer.Save();
        session["DELETE FROM fd_slices WHERE token = $1 AND position >= count"].Run(token);
        session["UPDATE fd_slices SET token = NULL WHERE token = $1"].Run(token);
        session["UPDATE fd_due SET token = NULL, marked = 0 WHERE token = $1"].Run(token);
        session["DELETE FROM fd_leases WHERE token = $1"].Run(token);

        void Collect(SqliteStatement statement)
        {
            using var row = statement.Read(token);
            while (row.Read())
            {
                inFlight.Add(RecipientRow.Read(row, execution));
            }
        }
    }
}
