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

    public async Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(events.Count, 10_000, nameof(events));
        var (singles, packs) = ReceiptPack.Split(events);

        // What others handed in at the same time is among them, and all were promised that it survives.
        using var apart = HostTransaction.Share(null);
        await database.WriteAsync(
            async session =>
            {
                var batch = session.Batch();
                await using (batch.ConfigureAwait(false))
                {
                    if (singles.Count > 0)
                    {
                        batch.Add(
                            """
                            INSERT INTO fd_inbox (event, received_at, due_at, tries, attempt)
                            SELECT event, $2, $2, 0, attempt FROM unnest($1, $3) WITH ORDINALITY AS x(event, attempt, place) ORDER BY place
                            """,
                            singles.Select(Text).ToArray(), now, singles.Select(Attempt).ToArray());
                    }

                    if (packs.Count > 0)
                    {
                        PostgresPacks.Add(batch, packs, now);
                    }

                    await batch.RunAsync(cancellationToken).ConfigureAwait(false);
                    return events.Count;
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 40_000);
        return database.ReadAsync(
            async session =>
            {
                var batch = session.Batch();
                await using (batch.ConfigureAwait(false))
                {
                    batch.Add(Oldest(limit), now);
                    batch.Add(PostgresPacks.Oldest(limit), now);
                    var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
                    await using (rows.ConfigureAwait(false))
                    {
                        var singles = await rows.ListAsync(row => (row.Instant(4), Entry(row)), cancellationToken).ConfigureAwait(false);
                        var packs = await rows.NextListAsync(
                            row => ReceiptPack.Entries(row.GetInt64(0), row.Instant(1), row.GetFieldValue<byte[]>(2)), cancellationToken).ConfigureAwait(false);
                        return ReceiptPack.Oldest(singles, packs, limit);
                    }
                }
            },
            cancellationToken);
    }

    public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            await PostgresPacks.OpenAsync(session, entries, stay: true, cancellationToken).ConfigureAwait(false);

            // By id, as those are consumed that settle: two nodes may have read the same.
            await session.RunAsync(Hold, cancellationToken, entries.Order().ToArray()).ConfigureAwait(false);
            return await session.RunAsync(
                "UPDATE fd_inbox SET due_at = $2, tries = tries + 1 WHERE id = ANY($1)", cancellationToken, entries.ToArray(), until).ConfigureAwait(false);
        },
        cancellationToken);

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            var singles = await PostgresPacks.OpenAsync(session, entries, stay: false, cancellationToken).ConfigureAwait(false);
            return singles.Count == 0 ? 0 : await session.RunAsync(Drop, cancellationToken, singles.Order().ToArray()).ConfigureAwait(false);
        },
        cancellationToken);

    internal static string Oldest(int limit) => string.Create(
        CultureInfo.InvariantCulture, $"SELECT id, event, received_at, tries, due_at FROM fd_inbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT {limit}");

    internal static string? Text(InboundEvent happened) => JsonSerializer.Serialize(happened, JsonText.Options);

    internal static string? Attempt(InboundEvent happened) => (happened as InboundEvent.Receipt)?.NamedAttempt?.ToString();

    /// <summary>Of the columns id, event, received_at and tries.</summary>
    internal static InboxEntry Entry(System.Data.Common.DbDataReader row) =>
        new(row.GetInt64(0), JsonSerializer.Deserialize<InboundEvent>(row.GetString(1), JsonText.Options)!, row.Instant(2), row.GetInt32(3));
}
