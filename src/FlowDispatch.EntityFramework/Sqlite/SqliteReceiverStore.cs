using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteReceiverStore(SqliteDatabase database, TimeProvider time) : IReceiverStore
{
    public Task<bool> BeatAsync(string stretch, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var now = time.GetUtcNow();
            if (session["UPDATE fd_receivers SET last_beat_at = MAX(last_beat_at, $2) WHERE name = $1 AND ended = 0 AND last_beat_at >= $3"]
                .Run(stretch, now, now - ReceiverStretch.LongestGap) != 0)
            {
                return true;
            }

            session["DELETE FROM fd_receivers WHERE last_beat_at < $1"].Run(now - ReceiverStretch.Kept);
            return session["INSERT INTO fd_receivers (name, since, last_beat_at, ended) VALUES ($1, $2, $2, 0) ON CONFLICT (name) DO NOTHING"].Run(stretch, now) != 0;
        },
        cancellationToken);

    public Task EndAsync(string stretch, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session["UPDATE fd_receivers SET ended = 1 WHERE name = $1"].Run(stretch),
        cancellationToken);

    public Task NoteAsync(IReadOnlyList<ReceiptNote> notes, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(notes.Count, 1_000, nameof(notes));
        return database.WriteAsync(
            session =>
            {
                var before = time.GetUtcNow() - ReceiptNote.Kept;
                foreach (var note in notes)
                {
                    session["DELETE FROM fd_receipt_notes WHERE channel_id = $1 AND arrived_at < $2"].Run(note.ChannelId, before);
                    session["""
                        INSERT INTO fd_receipt_notes (channel_id, arrived_at, attempted_at) VALUES ($1, $2, $3)
                        ON CONFLICT (channel_id, arrived_at) DO UPDATE SET attempted_at = MAX(attempted_at, excluded.attempted_at)
                        """].Run(note.ChannelId, note.ArrivedAt, note.AttemptedAt);
                }

                return notes.Count;
            },
            cancellationToken);
    }

    public Task<ReceiptRecord> ReadAsync(
        string channelId, AttemptId attempt, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var stretches = new List<ReceiverStretch>();
            using (var row = session["SELECT since, last_beat_at, ended FROM fd_receivers WHERE last_beat_at >= $1"].Read(from - ReceiverStretch.LongestGap))
            {
                while (row.Read())
                {
                    stretches.Add(new(row.Instant(0), row.Instant(1), row.Flag(2)));
                }
            }

            // What was never put off is due since it came in, and packs are never put off; with tries > 0 the index of put-off attempts can be used.
            var unsettled = session["""
                SELECT EXISTS (SELECT 1 FROM fd_inbox WHERE due_at <= $1 AND tries = 0)
                    OR EXISTS (SELECT 1 FROM fd_inbox_packs WHERE received_at <= $1)
                    OR EXISTS (SELECT 1 FROM fd_inbox WHERE attempt = $2 AND tries > 0)
                """].Number(until + ReceiptRecord.ClockTolerance, attempt.ToString()) != 0;
            return new ReceiptRecord
            {
                Now = time.GetUtcNow(),
                Stretches = stretches,
                LatestAttemptAt = session["SELECT MAX(attempted_at) FROM fd_receipt_notes WHERE channel_id = $1 AND arrived_at <= $2"].InstantOrNull(channelId, until),
                Unsettled = unsettled,
            };
        },
        cancellationToken);
}
