using System.Text.Json;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteInboxStore(SqliteDatabase database) : IInboxStore
{
    public Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(events.Count, 10_000, nameof(events));
        return database.WriteAsync(
            session =>
            {
                var insert = session["INSERT INTO fd_inbox (event, received_at, due_at, tries, attempt) VALUES ($1, $2, $2, 0, $3)"];
                foreach (var inbound in events)
                {
                    insert.Run(JsonSerializer.Serialize(inbound, JsonText.Options), now, (inbound as InboundEvent.Receipt)?.NamedAttempt?.ToString());
                }

                return events.Count;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        return database.ReadAsync<IReadOnlyList<InboxEntry>>(
            session =>
            {
                var entries = new List<InboxEntry>();
                using var row = session["SELECT id, event, received_at, tries FROM fd_inbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2"].Read(now, limit);
                while (row.Read())
                {
                    entries.Add(new(row.GetInt64(0), JsonSerializer.Deserialize<InboundEvent>(row.GetString(1), JsonText.Options)!, row.Instant(2), row.GetInt32(3)));
                }

                return entries;
            },
            cancellationToken);
    }

    public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var putOff = session["UPDATE fd_inbox SET due_at = $2, tries = tries + 1 WHERE id = $1"];
            return entries.Sum(entry => putOff.Run(entry, until));
        },
        cancellationToken);

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var drop = session["DELETE FROM fd_inbox WHERE id = $1"];
            return entries.Sum(entry => drop.Run(entry));
        },
        cancellationToken);
}
