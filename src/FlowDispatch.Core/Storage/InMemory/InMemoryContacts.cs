using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryContacts(Tables tables) : IContactStore
{
    public Task<IReadOnlyList<ContactUpsertResult>> UpsertAsync(
        string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(upserts.Count, 1_000, nameof(upserts));
        lock (tables.Gate)
        {
            var now = tables.Now;
            var results = new List<ContactUpsertResult>(upserts.Count);
            foreach (var upsert in upserts)
            {
                if (tables.Numbers.TryGetValue((organizationId, upsert.WhatsAppId), out var id))
                {
                    var known = tables.Contacts[id];
                    var merged = ContactMerge.Merge(known, upsert, mode, revive, now);
                    tables.Keep(merged);
                    results.Add(new(merged, known.DeletedAt is not null && merged.DeletedAt is null));
                }
                else
                {
                    var contact = tables.Kept(ContactMerge.Create(organizationId, new(Guid.CreateVersion7(now)), upsert, now), now);
                    tables.Keep(contact);
                    tables.Numbers[(organizationId, contact.WhatsAppId)] = contact.Id;
                    results.Add(new(contact, true));
                }
            }

            KeepFields(organizationId, results.Select(r => r.Contact));
            return Task.FromResult<IReadOnlyList<ContactUpsertResult>>(results);
        }
    }

    public Task<IReadOnlyList<Contact>> FindAsync(string organizationId, IReadOnlyCollection<ContactId> ids, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<Contact>>(
                [.. ids.Distinct().Select(id => tables.Contacts.GetValueOrDefault(id)).OfType<Contact>().Where(c => c.OrganizationId == organizationId)]);
        }
    }

    public Task<IReadOnlyList<Contact>> FindByNumberAsync(string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<Contact>>(
                [.. numbers.Distinct(StringComparer.Ordinal).Where(n => tables.Numbers.ContainsKey((organizationId, n))).Select(n => tables.Contacts[tables.Numbers[(organizationId, n)]])]);
        }
    }

    public Task<IReadOnlyDictionary<string, ContactId>> FindIdsByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var found = new Dictionary<string, ContactId>(numbers.Count, StringComparer.Ordinal);
            foreach (var number in numbers)
            {
                if (tables.Numbers.TryGetValue((organizationId, number), out var id) && tables.Contacts[id].DeletedAt is null)
                {
                    found[number] = id;
                }
            }

            return Task.FromResult<IReadOnlyDictionary<string, ContactId>>(found);
        }
    }

    public Task<Contact?> UpdateAsync(string organizationId, ContactId id, Func<Contact, Contact> change, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (!tables.Contacts.TryGetValue(id, out var before) || before.OrganizationId != organizationId || before.DeletedAt is not null)
            {
                return Task.FromResult<Contact?>(null);
            }

            var after = change(before);
            if (after.WhatsAppId != before.WhatsAppId)
            {
                if (tables.Numbers.ContainsKey((organizationId, after.WhatsAppId)))
                {
                    throw new DuplicateNumberException();
                }

                tables.Numbers.Remove((organizationId, before.WhatsAppId));
                tables.Numbers[(organizationId, after.WhatsAppId)] = id;
                after = tables.Kept(after, tables.Now);
            }

            tables.Keep(after);
            KeepFields(organizationId, [after]);
            if (after.Suppression > before.Suppression)
            {
                tables.Suppressions.Add(new(id, after.Suppression));
            }

            return Task.FromResult<Contact?>(after);
        }
    }

    public Task<Page<Contact>> ListAsync(string organizationId, string? text, string? tag, PageRequest page, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var all = Live(organizationId)
                .Where(c => tag is null || c.Tags.Contains(tag, StringComparer.Ordinal))
                .Where(c => text is null || Has(c.Name, text) || Has(c.WhatsAppId, text) || Has(c.Email, text))
                .ToList();
            if (page.Cursor is null)
            {
                return Task.FromResult(Tables.Cut(all, page) with { NextCursor = Next(all, page.Offset, page.Size) });
            }

            var start = ContactId.TryParse(page.Cursor, out var after) ? all.FindIndex(c => Compare(c.Id, after) > 0) : 0;
            var items = start < 0 ? [] : all.Skip(start).Take(page.Size).ToList();
            return Task.FromResult(new Page<Contact>(items, all.Count, start < 0 ? null : Next(all, start, page.Size)));
        }
    }

    public async IAsyncEnumerable<Contact> StreamAsync(string organizationId, ContactId? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<Contact> all;
        lock (tables.Gate)
        {
            all = [.. Live(organizationId).Where(c => after is null || Compare(c.Id, after.Value) > 0)];
        }

        foreach (var contact in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return contact;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task<CustomFieldNames> FindCustomFieldsAsync(string organizationId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Count, 1_000, nameof(names));
        lock (tables.Gate)
        {
            return Task.FromResult(tables.CustomFields.TryGetValue(organizationId, out var known)
                ? new CustomFieldNames(names.Where(known.Contains).ToHashSet(StringComparer.Ordinal), [.. known.Take(1_000)])
                : new(new HashSet<string>(), []));
        }
    }

    public Task<IReadOnlyDictionary<ContactId, Conversation>> FindConversationsAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var conversations = tables.Channel(channelId).Conversations;
            var found = new Dictionary<ContactId, Conversation>();
            foreach (var contact in contacts)
            {
                if (conversations.TryGetValue(contact, out var conversation))
                {
                    found[contact] = conversation;
                }
            }

            return Task.FromResult<IReadOnlyDictionary<ContactId, Conversation>>(found);
        }
    }

    public Task TouchConversationsAsync(
        string organizationId, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wroteAt.Count, 1_000, nameof(wroteAt));
        lock (tables.Gate)
        {
            var conversations = tables.Channel(channelId).Conversations;
            foreach (var (contact, at) in wroteAt)
            {
                conversations[contact] = conversations.TryGetValue(contact, out var known) ? known.With(at) : new(at, at);
            }
        }

        return Task.CompletedTask;
    }

    private void KeepFields(string organizationId, IEnumerable<Contact> contacts)
    {
        var names = CustomFieldNames.Of(contacts);
        if (names.Count > 0)
        {
            (tables.CustomFields.TryGetValue(organizationId, out var known) ? known : tables.CustomFields[organizationId] = new(StringComparer.Ordinal)).UnionWith(names);
        }
    }

    private static string? Next(List<Contact> all, int start, int size) => start + size < all.Count ? all[start + size - 1].Id.ToString() : null;

    private static bool Has(string? value, string text) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    // By text, as databases that keep ids as text would: any total order will do, as long as it stays the same.
    private static int Compare(ContactId left, ContactId right) => string.CompareOrdinal(left.ToString(), right.ToString());

    private IEnumerable<Contact> Live(string organizationId) => tables.Contacts.Values
        .Where(c => c.OrganizationId == organizationId && c.DeletedAt is null)
        .OrderBy(c => c.Id.ToString(), StringComparer.Ordinal);
}
