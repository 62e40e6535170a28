using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Contacts;

/// <summary>When people last wrote, by channel; in the channel's own slot.</summary>
internal static class Conversations
{
    private static readonly RedisScript TouchScript = RedisScript.Load("touch");

    public static RedisKey Key(RedisConnection connection, string channelId) => connection.Root("c:" + channelId).Append("conversations");

    public static Task TouchAsync(RedisConnection connection, string channelId, ContactId contact, DateTimeOffset at) => connection.RunAsync(
        TouchScript, connection.Root("c:" + channelId), new ScriptArguments(connection).Add(contact.Value.ToByteArray(bigEndian: true)).Add(Instant.Of(at)));

    public static async Task<IReadOnlyDictionary<ContactId, DateTimeOffset>> FindAsync(
        RedisConnection connection, string channelId, IReadOnlyCollection<ContactId> contacts)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        var found = new Dictionary<ContactId, DateTimeOffset>();
        if (contacts.Count > 0)
        {
            var ids = contacts.Distinct().ToList();
            var database = await connection.DatabaseAsync().ConfigureAwait(false);
            var instants = await database.HashGetAsync(Key(connection, channelId), [.. ids.Select(i => (RedisValue)i.Value.ToByteArray(bigEndian: true))]).ConfigureAwait(false);
            for (var i = 0; i < ids.Count; i++)
            {
                if (Instant.ReadOrNull(instants[i]) is { } at)
                {
                    found[ids[i]] = at;
                }
            }
        }

        return found;
    }
}
