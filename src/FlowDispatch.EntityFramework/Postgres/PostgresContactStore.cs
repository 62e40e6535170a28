using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Contacts;
using FlowDispatch.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresContactStore(PostgresDatabase database, TimeProvider time) : IContactStore
{
    internal const string NextPage = ContactRow.Select + "WHERE organization_id = $1 AND id > $2 AND deleted_at IS NULL ORDER BY organization_id, id LIMIT 1000";

    internal const string IdsByNumber = "SELECT number, id FROM fd_contacts WHERE organization_id = $1 AND number = ANY($2) AND deleted_at IS NULL";

    private const int StreamPage = 1_000;

    public Task<IReadOnlyList<ContactUpsertResult>> UpsertAsync(
        string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(upserts.Count, 1_000, nameof(upserts));
        return UpsertAllAsync(organizationId, upserts, mode, revive, cancellationToken);
    }

    public Task<IReadOnlyList<Contact>> FindAsync(
        string organizationId, IReadOnlyCollection<ContactId> ids, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<Contact>>(
        async session => await ByIdAsync(session, organizationId, [.. ids.Select(id => id.Value)], cancellationToken).ConfigureAwait(false),
        cancellationToken);

    public Task<IReadOnlyList<Contact>> FindByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<Contact>>(
        async session => await session.PlanAsync(
            ContactRow.Select + "WHERE organization_id = $1 AND number = ANY($2)", row => ContactRow.Read(row, organizationId), cancellationToken,
            organizationId, numbers.Select(n => (string?)n).ToArray()).ConfigureAwait(false),
        cancellationToken);

    public Task<IReadOnlyDictionary<string, ContactId>> FindIdsByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyDictionary<string, ContactId>>(
        async session => (await session.PlanAsync(
            IdsByNumber, row => KeyValuePair.Create(row.GetString(0), new ContactId(row.GetGuid(1))), cancellationToken,
            organizationId, numbers.Select(n => (string?)n).ToArray()).ConfigureAwait(false)).ToDictionary(StringComparer.Ordinal),
        cancellationToken);

    public Task<Contact?> UpdateAsync(
        string organizationId, ContactId id, Func<Contact, Contact> change, CancellationToken cancellationToken = default) => database.WriteAsync(
        async session =>
        {
            var found = await session.ReadAsync(
                ContactRow.Select + "WHERE organization_id = $1 AND id = $2 FOR UPDATE", row => ContactRow.Read(row, organizationId), cancellationToken, organizationId, id.Value).ConfigureAwait(false);
            if (found is not [{ DeletedAt: null } known])
            {
                return null;
            }

            var changed = change(known);
            if (changed.WhatsAppId != known.WhatsAppId)
            {
                var kept = await PostgresErased.FindAsync(session, organizationId, [changed.WhatsAppId], cancellationToken).ConfigureAwait(false);
                changed = kept.GetValueOrDefault(changed.WhatsAppId).ApplyTo(changed, time.GetUtcNow());
            }

            if (!ReferenceEquals(changed, known))
            {
                try
                {
                    await session.RunAsync(ContactRow.Update, cancellationToken, ContactRow.Values(organizationId, [changed])).ConfigureAwait(false);
                }
                catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
                {
                    throw new DuplicateNumberException();
                }

                await KeepFieldsAsync(session, organizationId, [changed], cancellationToken).ConfigureAwait(false);
                await Suppressions.WriteAsync(session, [(known, changed)], cancellationToken).ConfigureAwait(false);
            }

            return changed;
        },
        cancellationToken);

    public Task<Page<Contact>> ListAsync(
        string organizationId, string? text, string? tag, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        async session =>
        {
            var (ids, total) = await ContactListing.IdsAsync(session, organizationId, text, tag, page, cancellationToken).ConfigureAwait(false);
            var contacts = (await ByIdAsync(session, organizationId, [.. ids], cancellationToken).ConfigureAwait(false)).ToDictionary(c => c.Id.Value);
            return Paging.Page(ids.ConvertAll(id => contacts[id]), total, page, c => c, c => c.Id.ToString());
        },
        cancellationToken);

    public async IAsyncEnumerable<Contact> StreamAsync(
        string organizationId, ContactId? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A page at a time, so that a slow reader keeps no connection; the next is asked for while this one is used. Before
        // every id there is the empty one.
        var next = ReadAsync(after?.Value ?? Guid.Empty);
        try
        {
            List<Contact> contacts;
            do
            {
                contacts = await next.ConfigureAwait(false);
                if (contacts.Count == StreamPage)
                {
                    next = ReadAsync(contacts[^1].Id.Value);
                }

                foreach (var contact in contacts)
                {
                    yield return contact;
                }
            }
            while (contacts.Count == StreamPage);
        }
        finally
        {
            // Whoever leaves early waits for what was begun, so that its connection is back.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Task<List<Contact>> ReadAsync(Guid from) => database.ReadAsync(
            session => session.PlanAsync(NextPage, row => ContactRow.Read(row, organizationId), cancellationToken, organizationId, from), cancellationToken);
    }

    public Task<CustomFieldNames> FindCustomFieldsAsync(string organizationId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(names.Count, 1_000, nameof(names));
        return database.QueryAsync(session => CustomFields.FindAsync(session, organizationId, names, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyDictionary<ContactId, Conversation>> FindConversationsAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return database.ReadAsync<IReadOnlyDictionary<ContactId, Conversation>>(
            async session => (await session.ReadAsync(
                "SELECT contact_id, since, at FROM fd_conversations WHERE channel_id = $1 AND contact_id = ANY($2)",
                row => (Id: new ContactId(row.GetGuid(0)), Conversation: new Conversation(row.Instant(1), row.Instant(2))), cancellationToken, channelId, contacts.Select(c => c.Value).ToArray()).ConfigureAwait(false))
                .ToDictionary(c => c.Id, c => c.Conversation),
            cancellationToken);
    }

    public Task TouchConversationsAsync(
        string organizationId, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(wroteAt.Count, 1_000, nameof(wroteAt));

        // In one order, since two nodes may note the same people at once.
        var people = wroteAt.OrderBy(p => p.Key.Value).ToList();
        return database.WriteAsync(
            session => session.RunAsync(
                """
                INSERT INTO fd_conversations AS c (channel_id, contact_id, organization_id, at, since)
                SELECT $1, x.contact, $2, x.at, x.at FROM unnest($3, $4) AS x(contact, at)
                ON CONFLICT (channel_id, contact_id) DO UPDATE SET at = GREATEST(c.at, excluded.at),
                    since = CASE WHEN excluded.at >= c.at + $5 OR (excluded.at < c.since AND c.since < excluded.at + $5) THEN excluded.at ELSE c.since END
                """,
                cancellationToken, channelId, organizationId, people.Select(p => p.Key.Value).ToArray(), people.Select(p => p.Value.UtcTicks).ToArray(), Conversation.Length.Ticks),
            cancellationToken);
    }

    private static Task<List<Contact>> ByIdAsync(PostgresSession session, string organizationId, Guid[] ids, CancellationToken cancellationToken) => session.PlanAsync(
        ContactRow.Select + "WHERE organization_id = $1 AND id = ANY($2)", row => ContactRow.Read(row, organizationId), cancellationToken, organizationId, ids);

    // In one order, since who adds a name first is waited for.
    private static async Task KeepFieldsAsync(PostgresSession session, string organizationId, IEnumerable<Contact> contacts, CancellationToken cancellationToken)
    {
        var names = CustomFieldNames.Of(contacts);
        if (names.Count > 0)
        {
            await session.RunAsync(
                "INSERT INTO fd_custom_fields (organization_id, name) SELECT $1, x.name FROM unnest($2) AS x(name) ON CONFLICT DO NOTHING",
                cancellationToken, organizationId, names.Select(n => (string?)n).ToArray()).ConfigureAwait(false);
        }
    }

    // Who is created by somebody else in between is met as known the next time.
    private async Task<IReadOnlyList<ContactUpsertResult>> UpsertAllAsync(
        string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await database.WriteAsync(session => TryUpsertAsync(session, organizationId, upserts, mode, revive, cancellationToken), cancellationToken)
                .ConfigureAwait(false) is { } results)
            {
                return results;
            }
        }
    }

    private async Task<IReadOnlyList<ContactUpsertResult>?> TryUpsertAsync(
        PostgresSession session, string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken)
    {
        var known = (await session.PlanAsync(
            $"SELECT c.* FROM unnest($2) AS x(n) CROSS JOIN LATERAL ({ContactRow.Select} WHERE organization_id = $1 AND number = x.n FOR UPDATE) c", row => ContactRow.Read(row, organizationId), cancellationToken,
            organizationId, upserts.Select(u => (string?)u.WhatsAppId).Order(StringComparer.Ordinal).ToArray()).ConfigureAwait(false)).ToDictionary(c => c.WhatsAppId, StringComparer.Ordinal);

        // After the look for contacts: one that is erased meanwhile was waited for there.
        var erased = await PostgresErased.FindAsync(
            session, organizationId, [.. upserts.Select(u => u.WhatsAppId).Where(n => !known.ContainsKey(n))], cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var results = new List<ContactUpsertResult>(upserts.Count);
        var created = new List<Contact>();
        var changed = new List<(Contact? Before, Contact After)>();
        foreach (var upsert in upserts)
        {
            var before = known.GetValueOrDefault(upsert.WhatsAppId);
            var contact = before is null
                ? erased.GetValueOrDefault(upsert.WhatsAppId).ApplyTo(ContactMerge.Create(organizationId, ContactId.New(time), upsert, now), now)
                : ContactMerge.Merge(before, upsert, mode, revive, now);
            if (before is null)
            {
                created.Add(contact);
            }
            else if (!ReferenceEquals(contact, before))
            {
                changed.Add((before, contact));
            }

            results.Add(new(contact, before is null || (before.DeletedAt is not null && contact.DeletedAt is null)));
        }

        if (created.Count > 0 && await session.RunAsync(ContactRow.Insert, cancellationToken, ContactRow.Values(organizationId, created)).ConfigureAwait(false) < created.Count)
        {
            session.Undo();
            return null;
        }

        if (changed.Count > 0)
        {
            await session.RunAsync(ContactRow.Update, cancellationToken, ContactRow.Values(organizationId, changed.ConvertAll(c => c.After))).ConfigureAwait(false);
        }

        changed.AddRange(created.Select(c => ((Contact?)null, c)));
        await KeepFieldsAsync(session, organizationId, changed.Select(c => c.After), cancellationToken).ConfigureAwait(false);
        await Suppressions.WriteAsync(session, changed, cancellationToken).ConfigureAwait(false);
        return results;
    }
}
