using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresRecipientStore(PostgresDatabase database) : IRecipientStore
{
    internal const string ByMessage = """
        SELECT DISTINCT r.key, e.created_at, r.replied_at, r.provider_message_id FROM unnest($1) AS x JOIN fd_messages m ON m.hash = hashtextextended(x, 0)
        JOIN fd_recipients r ON r.key = m.recipient AND r.provider_message_id = x JOIN fd_executions e ON e.number = r.execution
        WHERE e.channel_id = $2
        ORDER BY r.key
        """;

    internal const string Latest = """
        SELECT l.key, l.created_at, l.replied_at, x.contact FROM unnest($1) AS x(contact) CROSS JOIN LATERAL (
            SELECT r.key, e.created_at, r.replied_at FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
            WHERE r.contact_id = x.contact AND e.channel_id = $2 AND r.reached >= 1 ORDER BY r.execution DESC LIMIT 1) l
        """;

    internal const string Told = $"""
        SELECT {RecipientEventEntity.Columns}, recipient FROM fd_recipient_events WHERE recipient = ANY($1) AND provider_message_id = ANY($2) ORDER BY id
        """;

    internal const string Uncapped = """
        SELECT r.contact_id, COALESCE(r.sent_at, r.in_doubt_since) AS at FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
        WHERE r.contact_id = ANY($1) AND COALESCE(r.sent_at, r.in_doubt_since) > $2 AND e.channel_id = $3
            AND (e.snapshot::json #>> '{settings,frequency_cap}') IS NULL
        ORDER BY at
        """;

    private const int StreamPage = 1_000;

    public Task<Recipient?> FindAsync(string organizationId, RecipientId id, CancellationToken cancellationToken = default) => database.ReadAsync(
        async session => await ExecutionHeads.FindAsync(session, id.ExecutionNumber, cancellationToken).ConfigureAwait(false) is { } execution
            && execution.OrganizationId == organizationId
            && execution.RecipientAt(id.Ordinal) == id
                ? (await RecipientPages.ReadAsync(session, execution, [PackedKey.Of(id.ExecutionNumber, id.Ordinal)], cancellationToken).ConfigureAwait(false)).SingleOrDefault()
                : null,
        cancellationToken);

    public Task<IReadOnlyList<RecipientEvent>> ReadHistoryAsync(RecipientId id, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<RecipientEvent>>(
        async session => await session.ReadAsync(
            $"SELECT {RecipientEventEntity.Columns} FROM fd_recipient_events WHERE recipient = $1 ORDER BY id",
            RecipientEventRow.Read, cancellationToken, PackedKey.Of(id.ExecutionNumber, id.Ordinal)).ConfigureAwait(false),
        cancellationToken);

    public Task<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>> FindEventsAsync(
        IReadOnlyCollection<RecipientId> recipients, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(recipients.Count, 1_000, nameof(recipients));
        Bounds.AtMost(providerMessageIds.Count, 1_000, nameof(providerMessageIds));
        var ids = recipients.Distinct().ToLookup(r => PackedKey.Of(r.ExecutionNumber, r.Ordinal));
        return database.ReadAsync<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>>(
            async session => (await session.PlanAsync(
                Told, row => (Recipient: row.GetInt64(RecipientEventEntity.Width), Event: RecipientEventRow.Read(row)), cancellationToken,
                ids.Select(i => i.Key).ToArray(), providerMessageIds.Select(m => (string?)m).ToArray()).ConfigureAwait(false))
                .GroupBy(told => told.Recipient, told => told.Event)
                .SelectMany(g => ids[g.Key].Select(id => KeyValuePair.Create(id, (IReadOnlyList<RecipientEvent>)[.. g])))
                .ToDictionary(),
            cancellationToken);
    }

    public Task<Page<Recipient>> ListAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        async session =>
        {
            if (await ExecutionHeads.FindAsync(session, organizationId, execution, cancellationToken).ConfigureAwait(false) is not { } head)
            {
                return new Page<Recipient>([], 0, null);
            }

            var after = page.Cursor is null ? -1 : Paging.Cursor(page.Cursor);
            var skip = page.Cursor is null ? page.Offset : 0;
            var (rows, total) = filter.Text is null
                ? (await RecipientPages.ReadAsync(session, head, filter, after, page.Size + 1, skip, cancellationToken).ConfigureAwait(false),
                    await RecipientPages.CountAsync(session, head, filter, cancellationToken).ConfigureAwait(false))
                : await RecipientPages.SearchAsync(session, head, filter, after, page.Size + 1, skip, cancellationToken).ConfigureAwait(false);
            return Paging.Page(rows, total, page, r => r, r => r.Id.Ordinal.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public async IAsyncEnumerable<Recipient> StreamAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, int? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A page at a time, so that a slow reader keeps no connection and holds up no vacuum.
        var last = after ?? -1;
        List<Recipient>? rows;
        do
        {
            var from = last;
            rows = await database.ReadAsync(
                async session => await ExecutionHeads.FindAsync(session, organizationId, execution, cancellationToken).ConfigureAwait(false) is { } head
                    ? await RecipientPages.ReadAsync(session, head, filter, from, StreamPage, 0, cancellationToken).ConfigureAwait(false)
                    : null,
                cancellationToken).ConfigureAwait(false);
            foreach (var row in rows ?? [])
            {
                last = row.Id.Ordinal;
                if (RecipientPages.Matches(filter.Text, row.PhoneNumber, row.ContactName))
                {
                    yield return row;
                }
            }
        }
        while (rows is { Count: StreamPage });
    }

    public Task<IReadOnlyList<PendingCount>> CountPendingAsync(string organizationId, ExecutionId execution, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<PendingCount>>(
        async session =>
        {
            if (await ExecutionHeads.FindAsync(session, organizationId, execution, cancellationToken).ConfigureAwait(false) is not { } head)
            {
                return [];
            }

            var (first, last) = PackedKey.Range(head.Number);
            return await session.ReadAsync(
                """
                SELECT time_zone, (next_attempt_at + $3 - 1) / $3 * $3 AS due, COUNT(*)::int
                FROM fd_recipients WHERE key >= $1 AND key <= $2 AND status = 0 GROUP BY time_zone, due
                """,
                row => new PendingCount(row.TextOrNull(0), row.InstantOrNull(1), row.GetInt32(2)), cancellationToken, first, last, TimeSpan.TicksPerMinute).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(
        string channelId, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyDictionary<string, FoundRecipient>>(
        async session =>
        {
            var found = new Dictionary<string, FoundRecipient>(StringComparer.Ordinal);
            foreach (var (message, recipient) in await session.PlanAsync(
                ByMessage, row => (row.GetString(3), Found(row)), cancellationToken,
                providerMessageIds.Select(m => (string?)m).ToArray(), channelId).ConfigureAwait(false))
            {
                found[message] = recipient; // the newest, should a provider have given an id twice
            }

            return found;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return database.ReadAsync<IReadOnlyDictionary<ContactId, FoundRecipient>>(
            async session => (await session.PlanAsync(
                Latest, row => (Contact: new ContactId(row.GetGuid(3)), Recipient: Found(row)), cancellationToken,
                contacts.Distinct().Select(c => c.Value).ToArray(), channelId).ConfigureAwait(false))
                .ToDictionary(found => found.Contact, found => found.Recipient),
            cancellationToken);
    }

    public Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return database.ReadAsync<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>>(
            async session => (await session.PlanAsync(
                Uncapped, row => (Contact: new ContactId(row.GetGuid(0)), At: row.Instant(1)), cancellationToken,
                contacts.Select(c => c.Value).ToArray(), after, channelId).ConfigureAwait(false))
                .GroupBy(found => found.Contact, found => found.At)
                .ToDictionary(g => g.Key, g => (IReadOnlyList<DateTimeOffset>)[.. g]),
            cancellationToken);
    }

    public Task<int> TransitionAsync(
        IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(transitions.Count, 1_000, nameof(transitions));
        return database.WriteAsync(session => new PostgresTransitions(session, transitions).RunAsync(consumedInbox, cancellationToken), cancellationToken);
    }

    // Key, when its execution was made, when it replied.
    private static FoundRecipient Found(DbDataReader row) =>
        new(RecipientId.Create(PackedKey.Parent(row.GetInt64(0)), PackedKey.Place(row.GetInt64(0)), row.Instant(1)), !row.IsDBNull(2));
}
