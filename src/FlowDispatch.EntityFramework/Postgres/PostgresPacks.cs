using System.Globalization;
using FlowDispatch.EntityFramework.Inbox;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Packs of receipts: kept as a row each, and taken away as one, or apart where some of a pack stay.</summary>
internal static class PostgresPacks
{
    // In the order of the array, as all that hold several rows do. What stays of a pack is read at once.
    internal const string Hold = """
        SELECT p.number, p.received_at, CASE WHEN p.count > k.named THEN p.receipts END
        FROM unnest($1, $2) AS k(number, named) JOIN fd_inbox_packs p ON p.number = k.number FOR UPDATE OF p
        """;

    internal const string Drop = "DELETE FROM fd_inbox_packs WHERE number = ANY($1)";

    /// <summary>Adds the statement for new packs.</summary>
    public static void Add(PostgresBatch batch, IReadOnlyList<InboundEvent.Receipt[]> packs, DateTimeOffset now) => batch.Add(
        """
        INSERT INTO fd_inbox_packs (received_at, count, receipts)
        SELECT $1, count, receipts FROM unnest($2, $3) WITH ORDINALITY AS x(count, receipts, place) ORDER BY place
        """,
        now, packs.Select(p => p.Length).ToArray(), packs.Select(ReceiptPack.Write).ToArray());

    /// <summary>The oldest packs, about as many as hold <paramref name="limit"/> receipts, with number, instant and content.</summary>
    public static string Oldest(int limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT number, received_at, receipts FROM (
            SELECT number, received_at, count, receipts, SUM(count) OVER (ORDER BY number) AS total FROM (
                SELECT number, received_at, count, receipts FROM fd_inbox_packs WHERE received_at <= $1
                ORDER BY number LIMIT {(limit / ReceiptPack.Fewest) + 1}) oldest) counted
        WHERE total - count < {limit} ORDER BY number
        """);

    /// <summary>Takes the entries out of their packs. What else was in these becomes entries of their own.</summary>
    /// <param name="session">In a transaction.</param>
    /// <param name="entries">Ids, of packs or not.</param>
    /// <param name="stay">Whether the entries named become entries of their own as well.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that are entries of their own, if they are there at all.</returns>
    public static async Task<IReadOnlyList<long>> OpenAsync(PostgresSession session, IReadOnlyList<long> entries, bool stay, CancellationToken cancellationToken)
    {
        var named = new PackedEntries(entries);
        if (named.Numbers.Length == 0)
        {
            return entries;
        }

        var (open, staying) = (new HashSet<long>(), new List<InboxEntry>());
        var batch = session.Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(Hold, named.Numbers, stay ? new int[named.Numbers.Length] : named.Counts);
            batch.Add(Drop, named.Numbers);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    open.Add(rows.GetInt64(0));
                    if (!await rows.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false))
                    {
                        staying.AddRange(ReceiptPack.Entries(rows.GetInt64(0), rows.Instant(1), rows.GetFieldValue<byte[]>(2)).Where(e => stay || !named.Names(e.Id)));
                    }
                }

                await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        if (staying.Count > 0)
        {
            await session.RunAsync(
                """
                INSERT INTO fd_inbox (id, event, received_at, due_at, tries, attempt)
                SELECT id, event, received_at, received_at, 0, attempt FROM unnest($1, $2, $3, $4) AS x(id, event, received_at, attempt)
                """,
                cancellationToken, staying.ConvertAll(e => e.Id).ToArray(), staying.ConvertAll(e => PostgresInboxStore.Text(e.Event)).ToArray(),
                staying.ConvertAll(e => e.ReceivedAt.UtcTicks).ToArray(), staying.ConvertAll(e => PostgresInboxStore.Attempt(e.Event)).ToArray()).ConfigureAwait(false);
        }

        return stay ? entries : [.. entries.Where(id => !ReceiptPack.IsPacked(id) || !open.Contains(ReceiptPack.NumberOf(id)))];
    }
}
