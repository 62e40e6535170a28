using System.Globalization;
using System.Text.Json;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresInboxStore(PostgresDatabase database) : IInboxStore
{
    // In the order of the array, as all that hold several rows do.
    internal const string Hold = "SELECT 1 FROM unnest($1) AS k JOIN fd_inbox i ON i.id = k FOR UPDATE OF i";

    internal const string Drop = "DELETE FROM fd_inbox WHERE id = ANY($1)";

    public Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(events.Count, 10_000, nameof(events));
        return database.WriteAsync(
            session => session.RunAsync(
                """
                INSERT INTO fd_inbox (event, received_at, due_at, tries, attempt)
                SELECT event, $2, $2, 0, attempt FROM unnest($1, $3) WITH ORDINALITY AS x(event, attempt, place) ORDER BY place
                """,
                cancellationToken, events.Select(e => (string?)JsonSerializer.Serialize(e, JsonText.Options)).ToArray(), now,
                events.Select(e => (e as InboundEvent.Receipt)?.NamedAttempt?.ToString()).ToArray()),
            cancellationToken);
    }

    public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        return database.ReadAsync<IReadOnlyList<InboxEntry>>(
            async session => await session.ReadAsync(
                Oldest(limit),
                row => new InboxEntry(row.GetInt64(0), JsonSerializer.Deserialize<InboundEvent>(row.GetString(1), JsonText.Options)!, row.Instant(2), row.GetInt32(3)),
                cancellationToken, now).ConfigureAwait(false),
            cancellationToken);
    }

    public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            // By id, as those are consumed that settle: two nodes may have read the same.
            await session.RunAsync(Hold, cancellationToken, entries.Order().ToArray()).ConfigureAwait(false);
            return await session.RunAsync(
                "UPDATE fd_inbox SET due_at = $2, tries = tries + 1 WHERE id = ANY($1)", cancellationToken, entries.ToArray(), until).ConfigureAwait(false);
        },
        cancellationToken);

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) =>
        database.WriteAsync(session => session.RunAsync(Drop, cancellationToken, entries.Order().ToArray()), cancellationToken);

    internal static string Oldest(int limit) => string.Create(
        CultureInfo.InvariantCulture, $"SELECT id, event, received_at, tries FROM fd_inbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT {limit}");
}
