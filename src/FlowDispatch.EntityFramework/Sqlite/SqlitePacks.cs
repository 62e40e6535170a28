using FlowDispatch.EntityFramework.Inbox;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Packs of receipts: kept as a row each, and taken away as one, or apart where some of a pack stay.</summary>
internal static class SqlitePacks
{
    public static void Insert(SqliteSession session, IEnumerable<(int Count, byte[] Receipts)> packs, DateTimeOffset now)
    {
        foreach (var (count, receipts) in packs)
        {
            session["INSERT INTO fd_inbox_packs (received_at, count, receipts) VALUES ($1, $2, $3)"].Run(now, count, receipts);
        }
    }

    /// <summary>The oldest packs, as many as hold <paramref name="limit"/> receipts.</summary>
    public static IReadOnlyList<IReadOnlyList<InboxEntry>> Oldest(SqliteSession session, DateTimeOffset now, int limit)
    {
        var packs = new List<IReadOnlyList<InboxEntry>>();
        using var row = session["SELECT number, received_at, receipts FROM fd_inbox_packs WHERE received_at <= $1 ORDER BY number"].Read(now);
        for (var receipts = 0; receipts < limit && row.Read(); receipts += packs[^1].Count)
        {
            packs.Add(ReceiptPack.Entries(row.Int64(0), row.Instant(1), row.Bytes(2)));
        }

        return packs;
    }

    /// <summary>Takes the entries out of their packs. What else was in these becomes entries of their own.</summary>
    /// <param name="session">In a transaction.</param>
    /// <param name="entries">Ids, of packs or not.</param>
    /// <param name="stay">Whether the entries named become entries of their own as well.</param>
    /// <returns>Those that are entries of their own, if they are there at all.</returns>
    public static IReadOnlyList<long> Open(SqliteSession session, IReadOnlyList<long> entries, bool stay)
    {
        var named = new PackedEntries(entries);
        var open = new HashSet<long>();
        foreach (var (number, count) in named.Numbers.Zip(named.Counts))
        {
            if (stay || session["DELETE FROM fd_inbox_packs WHERE number = $1 AND count = $2"].Run(number, count) == 0)
            {
                foreach (var entry in Find(session, number).Where(e => stay || !named.Names(e.Id)))
                {
                    SqliteInboxStore.Insert(session, entry.Id, SqliteInboxStore.Written.Of(entry.Event), entry.ReceivedAt);
                }

                if (session["DELETE FROM fd_inbox_packs WHERE number = $1"].Run(number) == 0)
                {
                    continue;
                }
            }

            open.Add(number);
        }

        return stay || open.Count == 0 ? entries : [.. entries.Where(id => !ReceiptPack.IsPacked(id) || !open.Contains(ReceiptPack.NumberOf(id)))];
    }

    private static IReadOnlyList<InboxEntry> Find(SqliteSession session, long number)
    {
        using var row = session["SELECT received_at, receipts FROM fd_inbox_packs WHERE number = $1"].Read(number);
        return row.Read() ? ReceiptPack.Entries(number, row.Instant(0), row.Bytes(1)) : [];
    }
}
