using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Contacts;

/// <summary>People's last conversations, by channel; in the channel's own slot. One is kept as the instant of its last message, and that of its first behind a colon where it is another.</summary>
internal static class Conversations
{
    private static readonly RedisScript TouchScript = RedisScript.Load("touch");
    private static readonly RedisScript ReadScript = RedisScript.Load("wrote_at");

    /// <summary>The last conversation of each of these contacts, in their order; null for those who never wrote.</summary>
    public static async Task<Conversation?[]> ReadAsync(RedisConnection connection, string channelId, List<RedisValue> contacts)
    {
        var answer = (RedisValue[])(await connection.RunAsync(
            ReadScript, connection.Root("c:" + channelId), new ScriptArguments(connection, contacts.Count + 2).AddList(contacts)).ConfigureAwait(false))!;
        return answer.Length == 0 ? new Conversation?[contacts.Count] : Array.ConvertAll(answer, Read);
    }

    /// <summary>Notes when people wrote, as <see cref="Conversation.With"/> says.</summary>
    public static async Task TouchAsync(RedisConnection connection, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt)
    {
        Bounds.AtMost(wroteAt.Count, 1_000, nameof(wroteAt));
        if (wroteAt.Count > 0)
        {
            var arguments = new ScriptArguments(connection, (2 * wroteAt.Count) + 4)
                .AddList([.. wroteAt.Keys.Select(c => (RedisValue)c.Value.ToByteArray(bigEndian: true))])
                .AddList([.. wroteAt.Values.Select(at => (RedisValue)Instant.Of(at))])
                .Add(Conversation.Length.Ticks);
            await connection.RunAsync(TouchScript, connection.Root("c:" + channelId), arguments).ConfigureAwait(false);
        }
    }

    public static async Task<IReadOnlyDictionary<ContactId, Conversation>> FindAsync(
        RedisConnection connection, string channelId, IReadOnlyCollection<ContactId> contacts)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        var found = new Dictionary<ContactId, Conversation>();
        if (contacts.Count > 0)
        {
            var ids = contacts.Distinct().ToList();
            var conversations = await ReadAsync(connection, channelId, ids.ConvertAll(i => (RedisValue)i.Value.ToByteArray(bigEndian: true))).ConfigureAwait(false);
            for (var i = 0; i < ids.Count; i++)
            {
                if (conversations[i] is { } conversation)
                {
                    found[ids[i]] = conversation;
                }
            }
        }

        return found;
    }

    private static Conversation? Read(RedisValue kept)
    {
        if (kept.IsNullOrEmpty)
        {
            return null;
        }

        var text = kept.ToString();
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var at = Instant.Read(colon < 0 ? text : text[..colon]);
        return new(colon < 0 ? at : Instant.Read(text[(colon + 1)..]), at);
    }
}
