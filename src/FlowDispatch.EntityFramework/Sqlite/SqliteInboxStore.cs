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
        return database.WriteAsync(
            session =>
            {
                foreach (var single in singles)
                {
                    Insert(session, null, single, now);
                }

                SqlitePacks.Insert(session, packs, now);
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

    internal static void Insert(SqliteSession session, long? id, InboundEvent happened, DateTimeOffset receivedAt) =>
        session["INSERT INTO fd_inbox (id, event, received_at, due_at, tries, attempt) VALUES ($1, $2, $3, $3, 0, $4)"]
            .Run(id, JsonSerializer.Serialize(happened, JsonText.Options), receivedAt, (happened as InboundEvent.Receipt)?.NamedAttempt?.ToString());

    /// <summary>Of the columns id, event, received_at and tries.</summary>
    internal static InboxEntry Entry(System.Data.Common.DbDataReader row) =>
        new(row.GetInt64(0), JsonSerializer.Deserialize<InboundEvent>(row.GetString(1), JsonText.Options)!, row.Instant(2), row.GetInt32(3));
}
