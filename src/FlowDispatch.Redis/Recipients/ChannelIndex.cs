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

    /// <summary>Whether a recipient is one that was sent to, or is in doubt, since a change.</summary>
    public static bool IsNew(Recipient before, Recipient after) =>
        (after.Reached >= Milestone.Sent && before.Reached < Milestone.Sent) || (after.InDoubtSince is not null && before.InDoubtSince is null);

    /// <summary>Notes recipients that are about to be written as sent to. Before their rows, so that no receipt ever misses a row that is there.</summary>
    public async Task AddAsync(ExecutionHead execution, List<(Recipient Before, Recipient After)> sent)
    {
        if (sent.Count == 0)
        {
            return;
        }

        var (messages, people, addresses) = (new List<HashEntry>(sent.Count), new List<RedisValue>(sent.Count), new List<RedisValue>(sent.Count));
        foreach (var (before, after) in sent)
        {
            RedisValue address = string.Create(CultureInfo.InvariantCulture, $"{execution.Number}:{after.Id.Ordinal}");
            if (after.ProviderMessageId is { } message && message != before.ProviderMessageId)
            {
                messages.Add(new(message, address));
            }

            if (IsNew(before, after))
            {
                people.Add(after.ContactId.Value.ToByteArray(bigEndian: true));
                addresses.Add(address);
            }
        }

        // Both are handed over before anything is waited for, so that on one server they come before what is sent next.
        var root = Root(execution.ChannelId);
        var byMessage = messages.Count == 0 ? Task.CompletedTask : connection.WriteAsync(root, async database =>
        {
            await database.HashSetAsync(root.Append("messages"), [.. messages]).ConfigureAwait(false);
            return true;
        });
        var byContact = people.Count == 0 ? Task.CompletedTask : connection.RunAsync(
            SentScript, root, new ScriptArguments(connection, people.Count + addresses.Count + 4).Add(execution.Number).AddList(people).AddList(addresses));
        await Task.WhenAll(byMessage, byContact).ConfigureAwait(false);
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
        var numbers = addresses.SelectMany(Addresses).Select(a => a.Number).Distinct().ToList();
        var there = await Task.WhenAll(numbers.Select(heads.IsThereAsync)).ConfigureAwait(false);
        var gone = numbers.Where((_, i) => !there[i]).ToHashSet();
        for (var i = 0; i < ids.Count; i++)
        {
            foreach (var (number, ordinal) in Addresses(addresses[i]))
            {
                if (!gone.Contains(number) && await heads.FindAsync(number).ConfigureAwait(false) is { } execution)
                {
                    found[ids[i]] = execution.RecipientAt(ordinal);
                }
            }
        }

        return found;
    }

    public async Task<IReadOnlyDictionary<ContactId, RecipientId>> FindLatestAsync(string channelId, IReadOnlyCollection<ContactId> contacts)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        var found = new Dictionary<ContactId, RecipientId>();
        var people = contacts.Distinct().ToList();
        var open = people.Zip(await AddressesAsync(channelId, people).ConfigureAwait(false)).Where(p => p.Second.Count > 0).ToList();

        // The newest first; hardly anybody has one that was noted and whose row then was not written.
        for (var turn = 0; open.Count > 0; turn++)
        {
            var sent = (await Task.WhenAll(open.Select(p => p.Second[turn]).GroupBy(a => a.Number, a => a.Ordinal).Select(SentAsync)).ConfigureAwait(false))
                .SelectMany(s => s).ToDictionary();
            foreach (var (contact, addresses) in open)
            {
                if (sent.TryGetValue(addresses[turn], out var recipient))
                {
                    found[contact] = recipient;
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

    /// <summary>Where each of these people was reached, or may have been, the newest first.</summary>
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

    private async Task<List<KeyValuePair<(int Number, int Ordinal), RecipientId>>> SentAsync(IGrouping<int, int> ordinals)
    {
        if (await heads.FindAsync(ordinals.Key).ConfigureAwait(false) is not { } head)
        {
            return [];
        }

        var rows = await RowReader.ReadAsync(connection, head, [.. ordinals]).ConfigureAwait(false);
        return [.. ordinals.Where(o => rows.Has(o) && rows.Row(o).Reached >= Milestone.Sent).Select(o => KeyValuePair.Create((ordinals.Key, o), head.RecipientAt(o)))];
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
