using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresReceiverStore(PostgresDatabase database, PostgresClock clock) : IReceiverStore
{
    // What was never put off is due since it came in, and packs are never put off; with tries > 0 the index of put-off attempts can be used.
    private const string Unsettled = """
        SELECT (SELECT 1 FROM fd_inbox WHERE due_at <= $1 AND tries = 0 ORDER BY due_at LIMIT 1) IS NOT NULL
            OR (SELECT 1 FROM fd_inbox_packs WHERE received_at <= $1 ORDER BY number LIMIT 1) IS NOT NULL
            OR (SELECT 1 FROM fd_inbox WHERE attempt = $2 AND tries > 0 AND attempt IS NOT NULL LIMIT 1) IS NOT NULL
        """;

    public Task<bool> BeatAsync(string stretch, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            if (await session.RunAsync(
                $"""
                UPDATE fd_receivers SET last_beat_at = GREATEST(last_beat_at, {PostgresClock.Now})
                WHERE name = $2 AND NOT ended AND last_beat_at >= {PostgresClock.Now} - $3
                """,
                cancellationToken, clock.Given, stretch, ReceiverStretch.LongestGap).ConfigureAwait(false) != 0)
            {
                return true;
            }

            await session.RunAsync($"DELETE FROM fd_receivers WHERE last_beat_at < {PostgresClock.Now} - $2", cancellationToken, clock.Given, ReceiverStretch.Kept).ConfigureAwait(false);
            return await session.RunAsync(
                $"INSERT INTO fd_receivers (name, since, last_beat_at, ended) SELECT $2, now, now, FALSE FROM (SELECT {PostgresClock.Now} AS now) c ON CONFLICT (name) DO NOTHING",
                cancellationToken, clock.Given, stretch).ConfigureAwait(false) != 0;
        },
        cancellationToken);

    public Task EndAsync(string stretch, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session.RunAsync("UPDATE fd_receivers SET ended = TRUE WHERE name = $1", cancellationToken, stretch), cancellationToken);

    public Task NoteAsync(IReadOnlyList<ReceiptNote> notes, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(notes.Count, 1_000, nameof(notes));
        var latest = notes.GroupBy(n => (n.ChannelId, n.ArrivedAt)).OrderBy(g => g.Key.ChannelId, StringComparer.Ordinal).ThenBy(g => g.Key.ArrivedAt)
            .Select(g => new ReceiptNote(g.Key.ChannelId, g.Key.ArrivedAt, g.Max(n => n.AttemptedAt))).ToList();
        return database.WriteAsync(
            async session =>
            {
                await session.RunAsync(
                    """
                    INSERT INTO fd_receipt_notes AS n (channel_id, arrived_at, attempted_at) SELECT * FROM unnest($1, $2, $3)
                    ON CONFLICT (channel_id, arrived_at) DO UPDATE SET attempted_at = GREATEST(n.attempted_at, excluded.attempted_at)
                    """,
                    cancellationToken, latest.Select(n => (string?)n.ChannelId).ToArray(), latest.Select(n => n.ArrivedAt.UtcTicks).ToArray(),
                    latest.Select(n => n.AttemptedAt.UtcTicks).ToArray()).ConfigureAwait(false);
                return await session.RunAsync(
                    $"DELETE FROM fd_receipt_notes WHERE channel_id = ANY($2) AND arrived_at < {PostgresClock.Now} - $3",
                    cancellationToken, clock.Given, latest.Select(n => (string?)n.ChannelId).Distinct().ToArray(), ReceiptNote.Kept).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public Task<ReceiptRecord> ReadAsync(
        string channelId, AttemptId attempt, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default) => database.SnapshotAsync(
        async session =>
        {
            var batch = session.Batch();
            await using (batch.ConfigureAwait(false))
            {
                batch.Add("SELECT since, last_beat_at, ended FROM fd_receivers WHERE last_beat_at >= $1", from - ReceiverStretch.LongestGap);
                batch.Add(Unsettled, until + ReceiptRecord.ClockTolerance, attempt.ToString());
                batch.Add(
                    $"SELECT {PostgresClock.Now}, (SELECT MAX(attempted_at) FROM fd_receipt_notes WHERE channel_id = $2 AND arrived_at <= $3)", clock.Given, channelId, until);
                var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
                await using (rows.ConfigureAwait(false))
                {
                    var stretches = await rows.ListAsync(r => new ReceiverStretch(r.Instant(0), r.Instant(1), r.GetBoolean(2)), cancellationToken).ConfigureAwait(false);
                    var unsettled = (await rows.NextListAsync(r => r.GetBoolean(0), cancellationToken).ConfigureAwait(false)).Single();
                    var (now, latest) = (await rows.NextListAsync(r => (r.Instant(0), r.InstantOrNull(1)), cancellationToken).ConfigureAwait(false)).Single();
                    return new ReceiptRecord { Now = now, Stretches = stretches, LatestAttemptAt = latest, Unsettled = unsettled };
                }
            }
        },
        cancellationToken);
}
