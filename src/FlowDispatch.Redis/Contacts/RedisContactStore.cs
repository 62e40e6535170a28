using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Retention;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Contacts;

/// <summary>An organization's people lie in one slot: a hash by id, a hash of numbers, and those not deleted in the order of their ids.</summary>
internal sealed class RedisContactStore(RedisConnection connection) : IContactStore
{
    private const int StreamPage = 1_000;

    private static readonly RedisScript WriteScript = RedisScript.Load("contact_write");
    private static readonly RedisScript SuppressScript = RedisScript.Load("suppress");

    private readonly ErasedNumbers _erased = new(connection);

    public async Task<IReadOnlyList<ContactUpsertResult>> UpsertAsync(
        string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(upserts.Count, 1_000, nameof(upserts));
        while (true)
        {
            var now = await connection.NowAsync().ConfigureAwait(false);
            var known = await ReadByNumberAsync(organizationId, [.. upserts.Select(u => u.WhatsAppId)]).ConfigureAwait(false);

            // After the look for contacts: one that is erased from here on is none of those that were not found, or the write is refused.
            var erased = await _erased.FindAsync(organizationId, [.. upserts.Select(u => u.WhatsAppId).Where(n => !known.ContainsKey(n))]).ConfigureAwait(false);
            var results = new List<ContactUpsertResult>(upserts.Count);
            var changes = new List<RedisValue>();
            var written = new List<Contact>();
            foreach (var upsert in upserts)
            {
                if (!known.TryGetValue(upsert.WhatsAppId, out var found))
                {
                    var contact = erased.Of(upsert.WhatsAppId).ApplyTo(ContactMerge.Create(organizationId, new(Guid.CreateVersion7(now)), upsert, now), now);
                    changes.AddRange(Change(null, contact, RedisValue.EmptyString));
                    written.Add(contact);
                    results.Add(new(contact, true));
                    continue;
                }

                var merged = ContactMerge.Merge(found.Contact, upsert, mode, revive, now);
                if (!ReferenceEquals(merged, found.Contact))
                {
                    changes.AddRange(Change(found.Contact, merged, found.Record));
                    written.Add(merged);
                }

                results.Add(new(merged, found.Contact.DeletedAt is not null && merged.DeletedAt is null));
            }

            if (changes.Count == 0 || await WriteAsync(organizationId, erased, changes, written, cancellationToken).ConfigureAwait(false) == 1)
            {
                return results;
            }
        }
    }

    public async Task<IReadOnlyList<Contact>> FindAsync(string organizationId, IReadOnlyCollection<ContactId> ids, CancellationToken cancellationToken = default) =>
        [.. (await ReadAsync(organizationId, [.. ids.Distinct().Select(Key)]).ConfigureAwait(false)).Select(c => c.Contact)];

    public async Task<IReadOnlyList<Contact>> FindByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default) =>
        [.. (await ReadByNumberAsync(organizationId, [.. numbers.Distinct(StringComparer.Ordinal)]).ConfigureAwait(false)).Values.Select(c => c.Contact)];

    public async Task<IReadOnlyDictionary<string, ContactId>> FindIdsByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default)
    {
        var found = new Dictionary<string, ContactId>(numbers.Count, StringComparer.Ordinal);
        if (numbers.Count == 0)
        {
            return found;
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var asked = numbers.Distinct(StringComparer.Ordinal).ToList();
        var ids = await database.HashGetAsync(Root(organizationId).Append("numbers"), [.. asked.Select(n => (RedisValue)n)]).ConfigureAwait(false);
        var known = asked.Zip(ids).Where(p => !p.Second.IsNull).ToList();
        if (known.Count > 0)
        {
            var living = await database.SortedSetScoresAsync(Root(organizationId).Append("living"), [.. known.Select(p => p.Second)]).ConfigureAwait(false);
            for (var i = 0; i < known.Count; i++)
            {
                if (living[i] is not null)
                {
                    found[known[i].First] = new(new Guid((byte[])known[i].Second!, bigEndian: true));
                }
            }
        }

        return found;
    }

    public async Task<Contact?> UpdateAsync(string organizationId, ContactId id, Func<Contact, Contact> change, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if ((await ReadAsync(organizationId, [Key(id)]).ConfigureAwait(false)).SingleOrDefault() is not ({ DeletedAt: null } before, var record))
            {
                return null;
            }

            var after = change(before);
            var erased = KeptNumbers.None;
            if (after.WhatsAppId != before.WhatsAppId)
            {
                erased = await _erased.FindAsync(organizationId, [after.WhatsAppId]).ConfigureAwait(false);
                after = erased.Of(after.WhatsAppId).ApplyTo(after, await connection.NowAsync().ConfigureAwait(false));
            }

            switch (await WriteAsync(organizationId, erased, [.. Change(before, after, record)], [after], cancellationToken).ConfigureAwait(false))
            {
                case 3:
                    throw new DuplicateNumberException();
                case 1:
                    // Also where it was suppressed before: a process may have ended between these two writes, and asked again.
                    if (after.Suppression > ContactSuppression.None && after.Suppression >= before.Suppression)
                    {
                        await SuppressAsync(after).ConfigureAwait(false);
                    }

                    return after;
                default:
                    break; // somebody else changed it, or was erased who had its new number: decide on that
            }
        }
    }

    public async Task<Page<Contact>> ListAsync(
        string organizationId, string? text, string? tag, PageRequest page, CancellationToken cancellationToken = default)
    {
        var after = page.Cursor is not null && ContactId.TryParse(page.Cursor, out var cursor) ? cursor : (ContactId?)null;
        var skip = page.Cursor is null ? page.Offset : 0;
        if (text is null && tag is null)
        {
            var database = await connection.DatabaseAsync().ConfigureAwait(false);
            var total = (int)await database.SortedSetLengthAsync(Root(organizationId).Append("living")).ConfigureAwait(false);
            var contacts = await ReadPageAsync(organizationId, after, skip, page.Size + 1).ConfigureAwait(false);
            return Page(contacts, total, page);
        }

        var (matching, count) = (new List<Contact>(), 0);
        await foreach (var contact in StreamAsync(organizationId, null, cancellationToken).ConfigureAwait(false))
        {
            if ((tag is not null && !contact.Tags.Contains(tag, StringComparer.Ordinal))
                || (text is not null && !Has(contact.Name, text) && !Has(contact.WhatsAppId, text) && !Has(contact.Email, text)))
            {
                continue;
            }

            count++;
            if ((after is null || string.CompareOrdinal(contact.Id.ToString(), after.Value.ToString()) > 0) && --skip < 0 && matching.Count <= page.Size)
            {
                matching.Add(contact);
            }
        }

        return Page(matching, count, page);
    }

    public async IAsyncEnumerable<Contact> StreamAsync(
        string organizationId, ContactId? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // The next page is asked for while this one is used.
        var next = ReadPageAsync(organizationId, after, 0, StreamPage);
        List<Contact> contacts;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            contacts = await next.ConfigureAwait(false);
            if (contacts.Count == StreamPage)
            {
                next = ReadPageAsync(organizationId, contacts[^1].Id, 0, StreamPage);
            }

            foreach (var contact in contacts)
            {
                yield return contact;
            }
        }
        while (contacts.Count == StreamPage);
    }

    public async Task<CustomFieldNames> FindCustomFieldsAsync(
        string organizationId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(names.Count, 1_000, nameof(names));
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var key = Root(organizationId).Append("fields");
        var asked = names.ToList();
        var scores = asked.Count == 0 ? [] : await database.SortedSetScoresAsync(key, [.. asked.Select(n => (RedisValue)n)]).ConfigureAwait(false);
        var some = await database.SortedSetRangeByRankAsync(key, 0, 999).ConfigureAwait(false);
        return new(asked.Where((_, i) => scores[i] is not null).ToHashSet(StringComparer.Ordinal), [.. some.Select(n => n.ToString())]);
    }

    public Task<IReadOnlyDictionary<ContactId, Conversation>> FindConversationsAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default) =>
        Conversations.FindAsync(connection, channelId, contacts);

    public Task TouchConversationsAsync(
        string organizationId, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt, CancellationToken cancellationToken = default) =>
        Conversations.TouchAsync(connection, channelId, wroteAt);

    private static RedisValue Key(ContactId id) => id.Value.ToByteArray(bigEndian: true);

    private static bool Has(string? value, string text) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) is true;

    private static Page<Contact> Page(List<Contact> contacts, int total, PageRequest page)
    {
        var shown = contacts.Take(page.Size).ToList();
        return new(shown, total, contacts.Count > page.Size ? shown[^1].Id.ToString() : null);
    }

    private static RedisValue[] Change(Contact? before, Contact after, RedisValue record) =>
    [
        Key(after.Id), record, ContactRecords.Write(after), after.WhatsAppId,
        before is null || before.WhatsAppId == after.WhatsAppId ? RedisValue.EmptyString : before.WhatsAppId,
        after.DeletedAt is null ? 1 : 0,
    ];

    private RedisKey Root(string organizationId) => connection.Root("o:" + organizationId);

    private async Task<int> WriteAsync(string organizationId, KeptNumbers erased, List<RedisValue> changes, List<Contact> written, CancellationToken cancellationToken)
    {
        var arguments = new ScriptArguments(connection, erased.Seen.Count + changes.Count + 4).AddList(erased.Seen).AddList(changes).AddList([.. CustomFieldNames.Of(written).Select(n => (RedisValue)n)]);
        return (int)await connection.RunAsync(WriteScript, Root(organizationId), arguments, cancellationToken).ConfigureAwait(false);
    }

    private Task<RedisResult> SuppressAsync(Contact contact) => connection.RunAsync(
        SuppressScript,
        connection.Shared,
        new ScriptArguments(connection).Add((byte[])[.. contact.Id.Value.ToByteArray(bigEndian: true), (byte)('0' + contact.Suppression)]));

    private async Task<List<(Contact Contact, RedisValue Record)>> ReadAsync(string organizationId, RedisValue[] ids)
    {
        var contacts = new List<(Contact, RedisValue)>(ids.Length);
        if (ids.Length > 0)
        {
            var database = await connection.DatabaseAsync().ConfigureAwait(false);
            var records = await database.HashGetAsync(Root(organizationId).Append("contacts"), ids).ConfigureAwait(false);
            for (var i = 0; i < ids.Length; i++)
            {
                if (!records[i].IsNull)
                {
                    contacts.Add((ContactRecords.Read(organizationId, new(new Guid((byte[])ids[i]!, bigEndian: true)), (byte[])records[i]!), records[i]));
                }
            }
        }

        return contacts;
    }

    private async Task<Dictionary<string, (Contact Contact, RedisValue Record)>> ReadByNumberAsync(string organizationId, RedisValue[] numbers)
    {
        if (numbers.Length == 0)
        {
            return [];
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var ids = await database.HashGetAsync(Root(organizationId).Append("numbers"), numbers).ConfigureAwait(false);
        var contacts = await ReadAsync(organizationId, [.. ids.Where(i => !i.IsNull)]).ConfigureAwait(false);
        return contacts.ToDictionary(c => c.Contact.WhatsAppId, StringComparer.Ordinal);
    }

    private async Task<List<Contact>> ReadPageAsync(string organizationId, ContactId? after, int skip, int count)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var ids = await database.SortedSetRangeByValueAsync(
            Root(organizationId).Append("living"), after is { } last ? Key(last) : default, default, Exclude.Start, Order.Ascending, skip, count).ConfigureAwait(false);
        return (await ReadAsync(organizationId, ids).ConfigureAwait(false)).ConvertAll(c => c.Contact);
    }
}
