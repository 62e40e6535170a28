using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Closes the recipients of a cancelled execution that nobody leases, within a transaction.</summary>
internal static class SqliteCancellation
{
    /// <summary>Closes at most <paramref name="limit"/>. Without a lease everybody open is in the due queue or ahead in a slice.</summary>
    public static int Close(SqliteSession session, ExecutionHead execution, int limit)
    {
        var (first, last) = PackedKey.Range(execution.Number);
        var writer = new RecipientWriter(session, execution.Number);
        var closed = Cancel(
            execution, writer,
            session[$"SELECT {RecipientRow.Columns} FROM fd_due d JOIN fd_recipients r ON r.key = d.key WHERE d.key >= $1 AND d.key <= $2 LIMIT $3"],
            first, last, limit);

        while (closed < limit && NextSlice(session, execution.Number) is { } slice)
        {
            var count = Cancel(
                execution, writer,
                session[$"SELECT {RecipientRow.Columns} FROM fd_recipients r WHERE r.key >= $1 AND r.key < $2 AND r.open = 1 ORDER BY r.key LIMIT $3"],
                slice.From, slice.To, limit - closed);
            closed += count;
            if (closed < limit)
            {
                session["DELETE FROM fd_slices WHERE key = $1"].Run(slice.Key);
            }
        }

        writer.Save();
        return closed;
    }

    private static int Cancel(
        ExecutionHead execution, RecipientWriter writer, SqliteStatement open, params ReadOnlySpan<SqliteValue> values)
    {
        var rows = new List<Recipient>();
        using (var row = open.Read(values))
        {
            while (row.Read())
            {
                rows.Add(RecipientRow.Read(row, execution));
            }
        }

        foreach (var row in rows)
        {
            writer.Write(PackedKey.Of(execution.Number, row.Id.Ordinal), row, RecipientRules.Cancel(row));
        }

        return rows.Count;
    }

    private static (long Key, long From, long To)? NextSlice(SqliteSession session, int execution)
    {
        using var row = session["SELECT key, count, position FROM fd_slices WHERE execution = $1 AND token IS NULL ORDER BY key LIMIT 1"].Read(execution);
        return row.Read() ? (row.Int64(0), row.Int64(0) + row.Int32(2), row.Int64(0) + row.Int32(1)) : null;
    }
}
