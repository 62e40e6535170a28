using System.Globalization;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Closes the recipients of a cancelled execution that nobody leases, within a transaction.</summary>
internal static class PostgresCancellation
{
    /// <summary>Closes at most <paramref name="limit"/>. Without a lease everybody open is in the due queue or ahead in a slice.</summary>
    public static async Task<int> CloseAsync(PostgresSession session, int number, int limit, CancellationToken cancellationToken)
    {
        await session.LockAsync($"cancel {number.ToString(CultureInfo.InvariantCulture)}", cancellationToken).ConfigureAwait(false);
        if (await ExecutionHeads.FindAsync(session, number, cancellationToken).ConfigureAwait(false) is not { Status: ExecutionStatus.Cancelled } execution
            || await session.RunAsync("SELECT 1 FROM fd_leases WHERE execution = $1 LIMIT 1", cancellationToken, number).ConfigureAwait(false) != 0)
        {
            return 0;
        }

        var (first, last) = PackedKey.Range(number);
        var writer = new RecipientWriter(number);
        var due = await session.ReadAsync(
            "SELECT key FROM fd_due WHERE key >= $1 AND key <= $2 ORDER BY key LIMIT $3 FOR UPDATE",
            row => row.GetInt64(0), cancellationToken, first, last, limit).ConfigureAwait(false);
        Cancel(writer, execution, await session.ReadAsync(
            $"SELECT {RecipientRow.Columns} FROM unnest($1) AS k JOIN fd_recipients r ON r.key = k FOR UPDATE OF r",
            row => RecipientRow.Read(row, execution), cancellationToken, due.ToArray()).ConfigureAwait(false));
        await WriteAsync(session, writer, cancellationToken).ConfigureAwait(false);

        // Who was in the queue is closed by now and is not met again in a slice.
        var closed = writer.Writes.Count;
        var ahead = new RecipientWriter(number);
        while (closed < limit && await NextSliceAsync(session, number, cancellationToken).ConfigureAwait(false) is { } slice)
        {
            var rows = await session.ReadAsync(
                $"SELECT {RecipientRow.Columns} FROM fd_recipients r WHERE r.key >= $1 AND r.key < $2 AND r.open ORDER BY r.key LIMIT $3 FOR UPDATE",
                row => RecipientRow.Read(row, execution), cancellationToken, slice.From, slice.To, limit - closed).ConfigureAwait(false);
            Cancel(ahead, execution, rows);
            closed += rows.Count;
            if (closed < limit)
            {
                await session.RunAsync("DELETE FROM fd_slices WHERE key = $1", cancellationToken, slice.Key).ConfigureAwait(false);
            }
        }

        await WriteAsync(session, ahead, cancellationToken).ConfigureAwait(false);
        return closed;
    }

    private static void Cancel(RecipientWriter writer, ExecutionHead execution, List<Recipient> rows) =>
        rows.ForEach(row => writer.Change(PackedKey.Of(execution.Number, row.Id.Ordinal), row, RecipientRules.Cancel));

    private static async Task WriteAsync(PostgresSession session, RecipientWriter writer, CancellationToken cancellationToken)
    {
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            writer.AddRows(batch, []);
            writer.AddFollowers(batch);
            writer.AddCounters(batch);
            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(long Key, long From, long To)?> NextSliceAsync(PostgresSession session, int execution, CancellationToken cancellationToken)
    {
        var slices = await session.ReadAsync(
            "SELECT key, key + position, key + count FROM fd_slices WHERE execution = $1 AND token IS NULL ORDER BY key LIMIT 1 FOR UPDATE",
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken, execution).ConfigureAwait(false);
        return slices.Count == 0 ? null : slices[0];
    }
}
