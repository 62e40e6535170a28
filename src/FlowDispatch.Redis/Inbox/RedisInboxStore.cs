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
        if (entries.Count == 0)
        {
            return;
        }

        var packed = entries.Where(ReceiptPack.IsPacked).ToHashSet();
        var singles = entries.Where(id => !ReceiptPack.IsPacked(id)).ToList();
        var unknown = await RemoveAsync(connection, packed.CountBy(ReceiptPack.NumberOf), singles).ConfigureAwait(false);
        if (unknown.Count > 0)
        {
            // Some of a pack stay; or it was taken apart before, and what is named of it are entries of their own.
            await InboxPacks.OpenAsync(connection, unknown, id => !packed.Contains(id)).ConfigureAwait(false);
            var apart = unknown.ToHashSet();
            await RemoveAsync(connection, [], [.. packed.Where(id => apart.Contains(ReceiptPack.NumberOf(id)))]).ConfigureAwait(false);
        }
    }

    public async Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(events.Count, 10_000, nameof(events));
        var received = Instant.Of(now);
        var (singles, packs) = ReceiptPack.Split(events);
        var arguments = new ScriptArguments(connection, singles.Count + (2 * packs.Count) + 4)
            .Add(received)
            .AddList([.. singles.Select(e => Write(e, received))])
            .AddList([.. packs.SelectMany(pack => new RedisValue[] { pack.Length, InboxPacks.Write(pack, received) })]);
        await connection.RunAsync(AppendScript, connection.Inbox, arguments, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 40_000);
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var due = await database.SortedSetRangeByScoreWithScoresAsync(
            connection.Inbox.Append("due"), double.NegativeInfinity, Instant.Of(now), Exclude.None, Order.Ascending, 0, limit).ConfigureAwait(false);
        var singles = await FindAsync(connection, [.. due.Select(d => d.Element)]).ConfigureAwait(false);

        // After them: what leaves a pack in between is read the next time, and not twice now.
        var packs = await InboxPacks.OldestAsync(connection, now, limit).ConfigureAwait(false);
        return ReceiptPack.Oldest(
            [.. singles.Join(due, e => e.Id, d => Parse(d.Element), (entry, place) => (Instant.At((long)place.Score), entry)).OrderBy(e => e.Item1)], packs, limit);
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

    public async Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        await InboxPacks.OpenAsync(connection, [.. entries.Where(ReceiptPack.IsPacked).Select(ReceiptPack.NumberOf).Distinct()], _ => true).ConfigureAwait(false);
        await connection.RunAsync(
            PutOffScript, connection.Inbox, new ScriptArguments(connection).Add(Instant.Of(until)).AddList([.. entries.Select(Id)]), cancellationToken).ConfigureAwait(false);
    }

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) => RemoveAsync(connection, entries);

    internal static RedisValue Id(long entry) => entry.ToString("D16", CultureInfo.InvariantCulture);

    // "tries|received|attempt named|event"
    internal static RedisValue Write(InboundEvent happened, long received)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"0|{received}|{(happened as InboundEvent.Receipt)?.NamedAttempt}|");
        return (byte[])[.. Encoding.ASCII.GetBytes(head), .. JsonSerializer.SerializeToUtf8Bytes(happened, JsonText.Options)];
    }

    // The packs of which there are not as many as named, if there are any.
    private static async Task<List<long>> RemoveAsync(RedisConnection connection, IEnumerable<KeyValuePair<long, int>> packs, List<long> singles)
    {
        var arguments = new ScriptArguments(connection).AddList([.. packs.SelectMany(p => new RedisValue[] { p.Key, p.Value })]).AddList(singles.ConvertAll(Id));
        return [.. ((RedisValue[])(await connection.RunAsync(RemoveScript, connection.Inbox, arguments).ConfigureAwait(false))!).Select(n => (long)n)];
    }

    private static long Parse(RedisValue id) => long.Parse(id.ToString(), CultureInfo.InvariantCulture);

    private static InboxEntry Read(RedisValue id, byte[] bytes)
    {
        var first = Array.IndexOf(bytes, (byte)'|');
        var second = Array.IndexOf(bytes, (byte)'|', first + 1);
        var third = Array.IndexOf(bytes, (byte)'|', second + 1);
        return new(
            Parse(id),
            JsonSerializer.Deserialize<InboundEvent>(bytes.AsSpan(third + 1), JsonText.Options)!,
            Instant.At(long.Parse(bytes.AsSpan(first + 1, second - first - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            int.Parse(bytes.AsSpan(0, first), CultureInfo.InvariantCulture));
    }
}
