using System.Text.Json;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteInboxStore(SqliteDatabase database) : IInboxStore
{
    public Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(events.Count, 10_000, nameof(events));
        var (singles, packs) = ReceiptPack.Split(events);

        // Written out before the one writer's turn, which is short of time.
        var entries = singles.Select(Written.Of).ToList();
        var bytes = packs.Select(p => (p.Length, ReceiptPack.Write(p))).ToList();
        return database.WriteAsync(
            session =>
            {
                foreach (var entry in entries)
                {
                    Insert(session, null, entry, now);
                }

                SqlitePacks.Insert(session, bytes, now);
                return events.Count;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 40_000);
        return database.ReadAsync(
            session =>
            {
                var singles = new List<(DateTimeOffset, InboxEntry)>();
                using (var row = session["SELECT id, event, received_at, tries, due_at FROM fd_inbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2"].Read(now, limit))
                {
                    while (row.Read())
                    {
                        singles.Add((row.Instant(4), Entry(row)));
                    }
                }

                return ReceiptPack.Oldest(singles, SqlitePacks.Oldest(session, now, limit), limit);
            },
            cancellationToken);
    }

    public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            SqlitePacks.Open(session, entries, stay: true);
            var putOff = session["UPDATE fd_inbox SET due_at = $2, tries = tries + 1 WHERE id = $1"];
            return entries.Sum(entry => putOff.Run(entry, until));
        },
        cancellationToken);

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) =>
        database.WriteAsync(session => Drop(session, entries), cancellationToken);

    internal static int Drop(SqliteSession session, IReadOnlyList<long> entries)
    {
        var drop = session["DELETE FROM fd_inbox WHERE id = $1"];
        return SqlitePacks.Open(session, entries, stay: false).Sum(entry => drop.Run(entry));
    }

    internal static void Insert(SqliteSession session, long? id, Written entry, DateTimeOffset receivedAt) =>
        session["INSERT INTO fd_inbox (id, event, received_at, due_at, tries, attempt) VALUES ($1, $2, $3, $3, 0, $4)"]
            .Run(id, entry.Event, receivedAt, entry.Attempt);

    /// <summary>Of the columns id, event, received_at and tries.</summary>
    internal static InboxEntry Entry(SqliteRow row) =>
        new(row.Int64(0), JsonSerializer.Deserialize<InboundEvent>(row.Text(1), JsonText.Options)!, row.Instant(2), row.Int32(3));

    /// <summary>An event as its columns hold it.</summary>
    /// <param name="Event">All of it.</param>
    /// <param name="Attempt">The attempt that a receipt names.</param>
    internal readonly record struct Written(string Event, string? Attempt)
    {
        public static Written Of(InboundEvent happened) =>
            new(JsonSerializer.Serialize(happened, JsonText.Options), (happened as InboundEvent.Receipt)?.NamedAttempt?.ToString());
    }
}
