using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Rows;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Recipients;

/// <summary>What leads from a channel's receipts and replies to recipients; in the channel's own slot.</summary>
internal sealed class ChannelIndex(RedisConnection connection, ExecutionHeads heads)
{
    private static readonly RedisScript SentScript = RedisScript.Load("sent");

    /// <summary>Notes recipients that are about to be written as sent to. Before their rows, so that no receipt ever misses a row that is there.</summary>
    public async Task AddAsync(ExecutionHead execution, List<(Recipient Before, Recipient After)> sent)
    {
        if (sent.Count == 0)
        {
            return;
        }

        var (messages, people) = (new List<RedisValue>(2 * sent.Count), new List<RedisValue>(2 * sent.Count));
        foreach (var (before, after) in sent)
        {
            RedisValue address = string.Create(CultureInfo.InvariantCulture, $"{execution.Number}:{after.Id.Ordinal}");
            if (after.ProviderMessageId is { } message && message != before.ProviderMessageId)
            {
                messages.Add(message);
                messages.Add(address);
            }

            if (after.Reached >= Milestone.Sent && before.Reached < Milestone.Sent)
            {
                people.Add(after.ContactId.Value.ToByteArray(bigEndian: true));
                people.Add(address);
            }
        }

        var arguments = new ScriptArguments(connection, messages.Count + people.Count + 4)
            .Add(execution.Number).Add(people.Count / 2).Add(messages.Count / 2).AddAll(people).AddAll(messages);
        await connection.RunAsync(SentScript, Root(execution.ChannelId), arguments).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<string, RecipientId>> FindByMessageAsync(string channelId, IReadOnlyCollection<string> messages)
    {
        Bounds.AtMost(messages.Count, 1_000, nameof(messages));
        var found = new Dictionary<string, RecipientId>(StringComparer.Ordinal);
        if (messages.Count == 0)
        {
            return found;
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var ids = messages.Distinct(StringComparer.Ordinal).ToList();
        var addresses = await database.HashGetAsync(Root(channelId).Append("messages"), [.. ids.Select(m => (RedisValue)m)]).ConfigureAwait(false);
        for (var i = 0; i < ids.Count; i++)
        {
            if (!addresses[i].IsNull && await AtAsync(addresses[i].ToString()).ConfigureAwait(false) is { } recipient)
            {
                found[ids[i]] = recipient;
            }
        }

        return found;
    }

    public async Task<RecipientId?> FindLatestAsync(string channelId, ContactId contact)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var addresses = await database.HashGetAsync(Root(channelId).Append("latest"), contact.Value.ToByteArray(bigEndian: true)).ConfigureAwait(false);
        foreach (var address in addresses.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (await AtAsync(address).ConfigureAwait(false) is { } id
                && await heads.FindAsync(id.ExecutionNumber).ConfigureAwait(false) is { } head
                && (await RowReader.ReadAsync(connection, head, [id.Ordinal]).ConfigureAwait(false)).Row(id.Ordinal).Reached >= Milestone.Sent)
            {
                return id;
            }
        }

        return null;
    }

    private RedisKey Root(string channelId) => connection.Root("c:" + channelId);

    private async ValueTask<RecipientId?> AtAsync(string address)
    {
        var parts = address.Split(':');
        return await heads.FindAsync(int.Parse(parts[0], CultureInfo.InvariantCulture)).ConfigureAwait(false) is { } execution
            ? execution.RecipientAt(int.Parse(parts[1], CultureInfo.InvariantCulture))
            : null;
    }
}
