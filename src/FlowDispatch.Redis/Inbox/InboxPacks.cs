using System.Buffers.Binary;
using System.Globalization;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Inbox;

/// <summary>Packs of receipts: kept as one value each, and taken away as one, or apart where some of a pack stay.</summary>
internal static class InboxPacks
{
    private const int InstantSize = sizeof(long);

    private static readonly RedisScript OpenScript = RedisScript.Load("inbox_open");

    /// <summary>What is kept of a pack: when it came in, then its receipts.</summary>
    public static byte[] Write(InboundEvent.Receipt[] pack, long received)
    {
        var receipts = ReceiptPack.Write(pack);
        var value = new byte[InstantSize + receipts.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, received);
        receipts.CopyTo(value, InstantSize);
        return value;
    }

    /// <summary>The oldest packs, as many as hold <paramref name="limit"/> receipts.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<InboxEntry>>> OldestAsync(RedisConnection connection, DateTimeOffset now, int limit)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var members = await database.SortedSetRangeByScoreAsync(
            connection.Inbox.Append("packs"), double.NegativeInfinity, Instant.Of(now), Exclude.None, Order.Ascending, 0, (limit / ReceiptPack.Fewest) + 1).ConfigureAwait(false);
        var numbers = new List<RedisValue>();
        var receipts = 0;
        foreach (var (number, count) in members.Select(Parse).TakeWhile(_ => receipts < limit))
        {
            numbers.Add(number);
            receipts += count;
        }

        return [.. (await FindAsync(connection, numbers).ConfigureAwait(false)).Where(pack => pack.Count > 0)];
    }

    /// <summary>Takes entries out of their packs; what else is in these becomes entries of their own.</summary>
    /// <param name="connection">The store's.</param>
    /// <param name="numbers">The packs, those that are gone among them.</param>
    /// <param name="stays">Which entries of these packs stay.</param>
    public static async Task OpenAsync(RedisConnection connection, IReadOnlyList<long> numbers, Func<long, bool> stays)
    {
        foreach (var pack in await FindAsync(connection, [.. numbers.Select(n => (RedisValue)n)]).ConfigureAwait(false))
        {
            if (pack.Count > 0)
            {
                var received = Instant.Of(pack[0].ReceivedAt);
                await connection.RunAsync(
                    OpenScript,
                    connection.Inbox,
                    new ScriptArguments(connection).Add(ReceiptPack.NumberOf(pack[0].Id)).Add(pack.Count).Add(received).AddList(
                        [.. pack.Where(e => stays(e.Id)).SelectMany(e => new[] { RedisInboxStore.Id(e.Id), RedisInboxStore.Write(e.Event, received) })])).ConfigureAwait(false);
            }
        }
    }

    // In the order asked for; empty where one is gone.
    private static async Task<IReadOnlyList<InboxEntry>[]> FindAsync(RedisConnection connection, List<RedisValue> numbers)
    {
        if (numbers.Count == 0)
        {
            return [];
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(connection.Inbox.Append("pack"), [.. numbers]).ConfigureAwait(false);
        return [.. numbers.Zip(values, (number, value) => value.IsNull ? [] : Read((long)number, (byte[])value!))];
    }

    private static IReadOnlyList<InboxEntry> Read(long number, byte[] value) =>
        ReceiptPack.Entries(number, Instant.At(BinaryPrimitives.ReadInt64BigEndian(value)), value.AsSpan(InstantSize));

    // "number:count"
    private static (RedisValue Number, int Count) Parse(RedisValue member)
    {
        var text = member.ToString();
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return (long.Parse(text.AsSpan(0, colon), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
