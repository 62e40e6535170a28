using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Contacts;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteContactStore(SqliteDatabase database, TimeProvider time) : IContactStore
{
    private const int StreamPage = 1_000;

    // Before every id. A condition for null instead would keep SQLite from seeking, and each page from the beginning cost its square.
    private static readonly SqliteValue NoId = Array.Empty<byte>();

    public Task<IReadOnlyList<ContactUpsertResult>> UpsertAsync(
        string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(upserts.Count, 1_000, nameof(upserts));
        return database.WriteAsync<IReadOnlyList<ContactUpsertResult>>(
            session =>
            {
                var now = time.GetUtcNow();
                var erased = new SqliteErased(session, organizationId);
                var results = new List<ContactUpsertResult>(upserts.Count);
                foreach (var upsert in upserts)
                {
                    var known = ByNumber(session, organizationId, upsert.WhatsAppId);
                    var contact = known is null
                        ? erased.Apply(ContactMerge.Create(organizationId, ContactId.New(time), upsert, now), now)
                        : ContactMerge.Merge(known, upsert, mode, revive, now);
                    if (!ReferenceEquals(contact, known))
                    {
                        ContactRow.Write(session, known, contact);
                    }

                    results.Add(new(contact, known is null || (known.DeletedAt is not null && contact.DeletedAt is null)));
                }

                KeepFields(session, organizationId, results.Select(r => r.Contact));
                return results;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<Contact>> FindAsync(
        string organizationId, IReadOnlyCollection<ContactId> ids, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<Contact>>(
        session => [.. ids.Distinct().Select(id => ById(session, organizationId, id)).OfType<Contact>()],
        cancellationToken);

    public Task<IReadOnlyList<Contact>> FindByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<Contact>>(
        session => [.. numbers.Distinct(StringComparer.Ordinal).Select(number => ByNumber(session, organizationId, number)).OfType<Contact>()],
        cancellationToken);

    public Task<IReadOnlyDictionary<string, ContactId>> FindIdsByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyDictionary<string, ContactId>>(
        session =>
        {
            var found = new Dictionary<string, ContactId>(numbers.Count, StringComparer.Ordinal);
            var find = session["SELECT id FROM fd_contacts WHERE organization_id = $1 AND number = $2 AND deleted_at IS NULL"];
            foreach (var number in numbers)
            {
                using var row = find.Read(organizationId, number);
                if (row.Read())
                {
                    found[number] = new(row.Id(0));
                }
            }

            return found;
        },
        cancellationToken);

    public Task<Contact?> UpdateAsync(
        string organizationId, ContactId id, Func<Contact, Contact> change, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            if (ById(session, organizationId, id) is not { DeletedAt: null } known)
            {
                return null;
            }

            var changed = change(known);
            if (changed.WhatsAppId != known.WhatsAppId)
            {
                changed = ByNumber(session, organizationId, changed.WhatsAppId) is null
                    ? new SqliteErased(session, organizationId).Apply(changed, time.GetUtcNow())
                    : throw new DuplicateNumberException();
            }

            if (!ReferenceEquals(changed, known))
            {
                ContactRow.Write(session, known, changed);
                KeepFields(session, organizationId, [changed]);
            }

            return changed;
        },
        cancellationToken);

    public Task<Page<Contact>> ListAsync(
        string organizationId, string? text, string? tag, PageRequest page, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session =>
        {
            var (ids, total) = await ContactListing.IdsAsync(session, organizationId, text, tag, page, cancellationToken).ConfigureAwait(false);
            return Paging.Page(ids.ConvertAll(id => ById((SqliteSession)session, organizationId, new(id))!), total, page, c => c, c => c.Id.ToString());
        },
        cancellationToken);

    public async IAsyncEnumerable<Contact> StreamAsync(
        string organizationId, ContactId? after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A page at a time, so that a slow reader holds no snapshot open.
        List<Contact> contacts;
        do
        {
            var from = after;
            contacts = await database.ReadAsync(
                session => ContactRow.ReadAll(
                    session[ContactRow.Select + "WHERE organization_id = $1 AND id > $2 AND deleted_at IS NULL ORDER BY id LIMIT $3"],
                    organizationId, organizationId, from is { } known ? known.Value : NoId, StreamPage),
                cancellationToken).ConfigureAwait(false);
            foreach (var contact in contacts)
            {
                yield return contact;
                after = contact.Id;
            }
        }
        while (contacts.Count == StreamPage);
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
            session =>
            {
                var found = new Dictionary<ContactId, Conversation>();
                var find = session["SELECT since, at FROM fd_conversations WHERE channel_id = $1 AND contact_id = $2"];
                foreach (var contact in contacts)
                {
                    using var row = find.Read(channelId, contact.Value);
                    if (row.Read())
                    {
                        found[contact] = new(row.Instant(0), row.Instant(1));
                    }
                }

                return found;
            },
            cancellationToken);
    }

    public Task TouchConversationsAsync(
        string organizationId, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(wroteAt.Count, 1_000, nameof(wroteAt));
        return database.WriteAsync(
            session =>
            {
                var touch = session["""
                    INSERT INTO fd_conversations (channel_id, contact_id, organization_id, at, since) VALUES ($1, $2, $3, $4, $4)
                    ON CONFLICT (channel_id, contact_id) DO UPDATE SET at = MAX(at, excluded.at),
                        since = CASE WHEN excluded.at >= at + $5 OR (excluded.at < since AND since < excluded.at + $5) THEN excluded.at ELSE since END
                    """];
                foreach (var (contact, at) in wroteAt)
                {
                    touch.Run(channelId, contact.Value, organizationId, at, Conversation.Length.Ticks);
                }

                return wroteAt.Count;
            },
            cancellationToken);
    }

    private static void KeepFields(SqliteSession session, string organizationId, IEnumerable<Contact> contacts)
    {
        foreach (var name in CustomFieldNames.Of(contacts))
        {
            session["INSERT INTO fd_custom_fields (organization_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING"].Run(organizationId, name);
        }
    }

    internal static Contact? ById(SqliteSession session, string organizationId, ContactId id) =>
        ContactRow.ReadAll(session[ContactRow.Select + "WHERE organization_id = $1 AND id = $2"], organizationId, organizationId, id.Value).SingleOrDefault();

    private static Contact? ByNumber(SqliteSession session, string organizationId, string number) =>
        ContactRow.ReadAll(session[ContactRow.Select + "WHERE organization_id = $1 AND number = $2"], organizationId, organizationId, number).SingleOrDefault();
}
