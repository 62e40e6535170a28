using System.Globalization;
using System.Text;
using System.Text.Json;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Inbox;

internal sealed class RedisInboxStore(RedisConnection connection) : IInboxStore
{
    private static readonly RedisScript AppendScript = RedisScript.Load("inbox_append");
    private static readonly RedisScript PutOffScript = RedisScript.Load("inbox_put_off");
    private static readonly RedisScript RemoveScript = RedisScript.Load("inbox_remove");

    public static async Task RemoveAsync(RedisConnection connection, IReadOnlyList<long> entries)
    {
        if (entries.Count > 0)
        {
            await connection.RunAsync(RemoveScript, connection.Inbox, new ScriptArguments(connection).AddList(Ids(entries))).ConfigureAwait(false);
        }
    }

    public async Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(events.Count, 10_000, nameof(events));
        var received = Instant.Of(now);
        var entries = events.Select(e => Write(e, received)).ToList();
        await connection.RunAsync(
            AppendScript, connection.Inbox, new ScriptArguments(connection, entries.Count + 3).Add(received).AddList(entries), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var ids = await database.SortedSetRangeByScoreAsync(
            connection.Inbox.Append("due"), double.NegativeInfinity, Instant.Of(now), Exclude.None, Order.Ascending, 0, limit).ConfigureAwait(false);
        return await FindAsync(connection, ids).ConfigureAwait(false);
    }

    /// <summary>Entries by id; those that are gone are left out.</summary>
    public static async Task<List<InboxEntry>> FindAsync(RedisConnection connection, RedisValue[] ids)
    {
        if (ids.Length == 0)
        {
            return [];
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var values = await database.HashGetAsync(connection.Inbox.Append("entries"), ids).ConfigureAwait(false);
        var entries = new List<InboxEntry>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            if (!values[i].IsNull)
            {
                entries.Add(Read(ids[i], (byte[])values[i]!));
            }
        }

        entries.Sort((left, right) => left.Id.CompareTo(right.Id));
        return entries;
    }

    public async Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) => await connection.RunAsync(
        PutOffScript, connection.Inbox, new ScriptArguments(connection).Add(Instant.Of(until)).AddList(Ids(entries)), cancellationToken).ConfigureAwait(false);

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) => RemoveAsync(connection, entries);

    private static List<RedisValue> Ids(IReadOnlyList<long> entries) => [.. entries.Select(e => (RedisValue)e.ToString("D16", CultureInfo.InvariantCulture))];

    // "tries|received|attempt named|event"
    private static RedisValue Write(InboundEvent happened, long received)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"0|{received}|{(happened as InboundEvent.Receipt)?.NamedAttempt}|");
        return (byte[])[.. Encoding.ASCII.GetBytes(head), .. JsonSerializer.SerializeToUtf8Bytes(happened, JsonText.Options)];
    }

    private static InboxEntry Read(RedisValue id, byte[] bytes)
    {
        var first = Array.IndexOf(bytes, (byte)'|');
        var second = Array.IndexOf(bytes, (byte)'|', first + 1);
        var third = Array.IndexOf(bytes, (byte)'|', second + 1);
        return new(
            long.Parse(id.ToString(), CultureInfo.InvariantCulture),
            JsonSerializer.Deserialize<InboundEvent>(bytes.AsSpan(third + 1), JsonText.Options)!,
            Instant.At(long.Parse(bytes.AsSpan(first + 1, second - first - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            int.Parse(bytes.AsSpan(0, first), CultureInfo.InvariantCulture));
    }
}
