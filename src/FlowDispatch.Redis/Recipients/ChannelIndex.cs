using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Recipients;

/// <summary>What leads from a channel's receipts and replies to recipients; in the channel's own slot.</summary>
internal sealed class ChannelIndex(RedisConnection connection, ExecutionHeads heads)
{
    private static readonly RedisScript PlannedScript = RedisScript.Load("planned");

    /// <summary>Notes whose messages these are. Before their rows say so, so that no receipt ever misses a row that is there.</summary>
    public Task AddAsync(ExecutionHead execution, List<(string Id, int Ordinal)> messages)
    {
        if (messages.Count == 0)
        {
            return Task.CompletedTask;
        }

        var root = Root(execution.ChannelId);
        return connection.WriteAsync(root, async database =>
        {
            var entries = messages.ConvertAll(m => new HashEntry(m.Id, string.Create(CultureInfo.InvariantCulture, $"{execution.Number}:{m.Ordinal}")));
            await database.HashSetAsync(root.Append("messages"), [.. entries]).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Gives people of an execution who are in none of its rows yet the next ordinals, in order, and notes them. Before their rows are, so that no reply ever misses one that is there.</summary>
    /// <param name="execution">Whose recipients they become.</param>
    /// <param name="people">Who, each once.</param>
    /// <param name="rows">An address of the execution below this may be somebody's row: whoever has one is given none.</param>
    /// <param name="next">The first ordinal to give.</param>
    /// <returns>By place in <paramref name="people"/>, the ordinals below <paramref name="rows"/> at which somebody may be planned already.</returns>
    public async Task<ILookup<int, int>> AssignAsync(Execution execution, List<ContactId> people, int rows, int next)
    {
        var packed = new byte[16 * people.Count];
        for (var i = 0; i < people.Count; i++)
        {
            people[i].Value.TryWriteBytes(packed.AsSpan(16 * i), bigEndian: true, out _);
        }

        var arguments = new ScriptArguments(connection).Add(execution.Number).Add(rows).Add(next).Add(packed);
        var found = (int[])(await connection.RunAsync(PlannedScript, Root(execution.Snapshot.Settings.ChannelId), arguments).ConfigureAwait(false))!;
        return found.Chunk(2).ToLookup(f => f[0], f => f[1]);
    }

    /// <summary>Nobody is planned into the execution any more. Where this is never said, its addresses are kept until it is pruned, however many others there are.</summary>
    public Task FinishAsync(Execution execution)
    {
        var root = Root(execution.Snapshot.Settings.ChannelId);
        return connection.WriteAsync(root, d => d.SetRemoveAsync(root.Append("planning"), execution.Number));
    }

    public async Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(string channelId, IReadOnlyCollection<string> messages)
    {
        Bounds.AtMost(messages.Count, 1_000, nameof(messages));
        var found = new Dictionary<string, FoundRecipient>(StringComparer.Ordinal);
        if (messages.Count == 0)
        {
            return found;
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var ids = messages.Distinct(StringComparer.Ordinal).ToList();
        var addresses = await database.HashGetAsync(Root(channelId).Append("messages"), [.. ids.Select(m => (RedisValue)m)]).ConfigureAwait(false);
        var numbers = addresses.SelectMany(Addresses).Select(a => a.Number).Distinct().ToList();
        var there = await Task.WhenAll(numbers.Select(heads.IsThereAsync)).ConfigureAwait(false);
        var gone = numbers.Where((_, i) => !there[i]).ToHashSet();
        for (var i = 0; i < ids.Count; i++)
        {
            foreach (var (number, ordinal) in Addresses(addresses[i]))
            {
                if (!gone.Contains(number) && await heads.FindAsync(number).ConfigureAwait(false) is { } execution)
                {
                    found[ids[i]] = new(execution.RecipientAt(ordinal), MayHaveReplied: true);
                }
            }
        }

        return found;
    }

    public async Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(string channelId, IReadOnlyCollection<ContactId> contacts)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        var found = new Dictionary<ContactId, FoundRecipient>();
        var people = contacts.Distinct().ToList();
        var open = people.Zip(await AddressesAsync(channelId, people).ConfigureAwait(false)).Where(p => p.Second.Count > 0).ToList();

        // The newest first; some were planned and not sent to.
        for (var turn = 0; open.Count > 0; turn++)
        {
            var sent = (await Task.WhenAll(open.Select(p => p.Second[turn]).Distinct().GroupBy(a => a.Number, a => a.Ordinal).Select(SentAsync)).ConfigureAwait(false))
                .SelectMany(s => s).ToDictionary();
            foreach (var (contact, addresses) in open)
            {
                if (sent.TryGetValue(addresses[turn], out var row) && row.ContactId == contact)
                {
                    found[contact] = new(row.Id, row.RepliedAt is not null);
                }
            }

            open.RemoveAll(p => found.ContainsKey(p.First) || p.Second.Count == turn + 1);
        }

        return found;
    }

    /// <summary>When executions without a cap reached these people on the channel, later than <paramref name="after"/>.</summary>
    public async Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        var found = new Dictionary<ContactId, IReadOnlyList<DateTimeOffset>>();
        var addresses = await AddressesAsync(channelId, [.. contacts.Distinct()]).ConfigureAwait(false);
        var byExecution = addresses.SelectMany(a => a).Distinct().GroupBy(a => a.Number, a => a.Ordinal);
        var rows = await Task.WhenAll(byExecution.Select(g => UncappedAsync(g.Key, [.. g]))).ConfigureAwait(false);
        foreach (var contact in rows.SelectMany(r => r).Where(r => r.At > after).GroupBy(r => r.Contact, r => r.At))
        {
            found[contact.Key] = [.. contact.Order()];
        }

        return found;
    }

    private static IEnumerable<(int Number, int Ordinal)> Addresses(RedisValue list) =>
        list.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split(':')).Select(a => (Number(a[0]), Number(a[1])));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Where each of these people was planned, or may have been, the newest first.</summary>
    private async Task<List<List<(int Number, int Ordinal)>>> AddressesAsync(string channelId, List<ContactId> people)
    {
        if (people.Count == 0)
        {
            return [];
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var addresses = await database.HashGetAsync(
            Root(channelId).Append("latest"), [.. people.Select(c => (RedisValue)c.Value.ToByteArray(bigEndian: true))]).ConfigureAwait(false);
        return [.. addresses.Select(a => Addresses(a).ToList())];
    }

    private async Task<List<KeyValuePair<(int Number, int Ordinal), Recipient>>> SentAsync(IGrouping<int, int> ordinals)
    {
        if (await heads.FindAsync(ordinals.Key).ConfigureAwait(false) is not { } head)
        {
            return [];
        }

        var rows = await RowReader.ReadAsync(connection, head, [.. ordinals]).ConfigureAwait(false);
        return [.. ordinals.Where(rows.Has).Select(rows.Row).Where(r => r.Reached >= Milestone.Sent).Select(r => KeyValuePair.Create((ordinals.Key, r.Id.Ordinal), r))];
    }

    private async Task<List<(ContactId Contact, DateTimeOffset At)>> UncappedAsync(int number, List<int> ordinals)
    {
        if (await heads.FindAsync(number).ConfigureAwait(false) is not { Made.Snapshot.Settings.FrequencyCap: null } head)
        {
            return [];
        }

        var rows = await RowReader.ReadAsync(connection, head, ordinals).ConfigureAwait(false);
        return [.. ordinals.Where(rows.Has).Select(rows.Row).Where(r => (r.SentAt ?? r.InDoubtSince) is not null).Select(r => (r.ContactId, (r.SentAt ?? r.InDoubtSince)!.Value))];
    }

    private RedisKey Root(string channelId) => connection.Root("c:" + channelId);
}
