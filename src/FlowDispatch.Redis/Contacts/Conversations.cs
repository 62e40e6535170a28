using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Contacts;

/// <summary>When people last wrote, by channel; in the channel's own slot.</summary>
internal static class Conversations
{
    private static readonly RedisScript TouchScript = RedisScript.Load("touch");
    private static readonly RedisScript ReadScript = RedisScript.Load("wrote_at");

    /// <summary>When each of these contacts last wrote, in their order; null for those who never did.</summary>
    public static async Task<DateTimeOffset?[]> ReadAsync(RedisConnection connection, string channelId, List<RedisValue> contacts)
    {
        var answer = (RedisValue[])(await connection.RunAsync(
            ReadScript, connection.Root("c:" + channelId), new ScriptArguments(connection, contacts.Count + 2).AddList(contacts)).ConfigureAwait(false))!;
        return answer.Length == 0 ? new DateTimeOffset?[contacts.Count] : Array.ConvertAll(answer, Instant.ReadOrNull);
    }

    /// <summary>Notes when people wrote; what is older than the instant kept changes nothing.</summary>
    public static async Task TouchAsync(RedisConnection connection, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt)
    {
        Bounds.AtMost(wroteAt.Count, 1_000, nameof(wroteAt));
        if (wroteAt.Count > 0)
        {
            var arguments = new ScriptArguments(connection, (2 * wroteAt.Count) + 3)
                .AddList([.. wroteAt.Keys.Select(c => (RedisValue)c.Value.ToByteArray(bigEndian: true))])
                .AddList([.. wroteAt.Values.Select(at => (RedisValue)Instant.Of(at))]);
            await connection.RunAsync(TouchScript, connection.Root("c:" + channelId), arguments).ConfigureAwait(false);
        }
    }

    public static async Task<IReadOnlyDictionary<ContactId, DateTimeOffset>> FindAsync(
        RedisConnection connection, string channelId, IReadOnlyCollection<ContactId> contacts)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        var found = new Dictionary<ContactId, DateTimeOffset>();
        if (contacts.Count > 0)
        {
            var ids = contacts.Distinct().ToList();
            var instants = await ReadAsync(connection, channelId, ids.ConvertAll(i => (RedisValue)i.Value.ToByteArray(bigEndian: true))).ConfigureAwait(false);
            for (var i = 0; i < ids.Count; i++)
            {
                if (instants[i] is { } at)
                {
                    found[ids[i]] = at;
                }
            }
        }

        return found;
    }
}
