using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteRecipientStore(SqliteDatabase database) : IRecipientStore
{
    private const int StreamPage = 1_000;

    private const string History = $"SELECT {RecipientEventEntity.Columns} FROM fd_recipient_events WHERE recipient = $1 ORDER BY id";

    private const string Filtered = $"""
        {RecipientRow.FromShown}
        WHERE r.key > $1 AND r.key <= $2 AND ($3 IS NULL OR ((1 << ({RecipientRow.Shown})) & $3) <> 0) AND ($4 IS NULL OR r.reached >= $4)
            AND ($5 IS NULL OR r.error_code IN (SELECT value FROM json_each($5)))
        """;

    public Task<Recipient?> FindAsync(string organizationId, RecipientId id, CancellationToken cancellationToken = default) => database.ReadAsync(
        session => SqliteExecutionHead.Find(session, id.ExecutionNumber) is { } execution
            && execution.OrganizationId == organizationId
            && execution.RecipientAt(id.Ordinal) == id
                ? ReadOne(session, execution, PackedKey.Of(id.ExecutionNumber, id.Ordinal))
                : null,
        cancellationToken);

    public Task<IReadOnlyList<RecipientEvent>> ReadHistoryAsync(RecipientId id, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<RecipientEvent>>(
        session =>
        {
            var history = new List<RecipientEvent>();
            using var row = session[History].Read(PackedKey.Of(id.ExecutionNumber, id.Ordinal));
            while (row.Read())
            {
                history.Add(RecipientEventRow.Read(row));
            }

            return history;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>> FindEventsAsync(
        IReadOnlyCollection<RecipientId> recipients, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(recipients.Count, 1_000, nameof(recipients));
        Bounds.AtMost(providerMessageIds.Count, 1_000, nameof(providerMessageIds));
        var messages = providerMessageIds.ToHashSet(StringComparer.Ordinal);
        return database.ReadAsync<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>>(
            session =>
            {
                var found = new Dictionary<RecipientId, IReadOnlyList<RecipientEvent>>();
                var find = session[History];
                foreach (var id in recipients)
                {
                    var events = new List<RecipientEvent>();
                    using var row = find.Read(PackedKey.Of(id.ExecutionNumber, id.Ordinal));
                    while (row.Read())
                    {
                        if (RecipientEventRow.ProviderMessageId(row) is { } message && messages.Contains(message))
                        {
                            events.Add(RecipientEventRow.Read(row));
                        }
                    }

                    if (events.Count > 0)
                    {
                        found[id] = events;
                    }
                }

                return found;
            },
            cancellationToken);
    }

    public Task<Page<Recipient>> ListAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            if (SqliteExecutionHead.Find(session, organizationId, execution) is not { } head)
            {
                return new Page<Recipient>([], 0, null);
            }

            var after = page.Cursor is null ? -1 : Paging.Cursor(page.Cursor);
            var skip = page.Cursor is null ? page.Offset : 0;
            if (filter.Text is not null)
            {
                return Search(session, head, filter, page, after, skip);
            }

            var total = filter == RecipientFilter.All
                ? session["SELECT total FROM fd_counters WHERE execution = $1"].Number(head.Number)
                : session[$"SELECT COUNT(*) {Filtered}"].Number(Parameters(head, filter, -1));
            return Paging.Page(ReadPage(session, head, filter, after, page.Size + 1, skip), (int)total, page, r => r, Cursor);
        },
        cancellationToken);

    public async IAsyncEnumerable<Recipient> StreamAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, int? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A page at a time, so that a slow reader holds no snapshot open and the write-ahead log can be cut.
        var last = after ?? -1;
        List<Recipient>? rows;
        do
        {
            var from = last;
            rows = await database.ReadAsync(
                session => SqliteExecutionHead.Find(session, organizationId, execution) is { } head ? ReadPage(session, head, filter, from, StreamPage, 0) : null,
                cancellationToken).ConfigureAwait(false);
            foreach (var row in rows ?? [])
            {
                last = row.Id.Ordinal;
                if (Matches(filter.Text, row.PhoneNumber, row.ContactName))
                {
                    yield return row;
                }
            }
        }
        while (rows is { Count: StreamPage });
    }

    public Task<IReadOnlyList<PendingCount>> CountPendingAsync(string organizationId, ExecutionId execution, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<PendingCount>>(
        session =>
        {
            var counts = new List<PendingCount>();
            if (SqliteExecutionHead.Find(session, organizationId, execution) is not { } head)
            {
                return counts;
            }

            using var row = session["""
                SELECT time_zone, (next_attempt_at + $3 - 1) / $3 * $3 AS due, COUNT(*)
                FROM fd_recipients WHERE key >= $1 AND key <= $2 AND status = 0 GROUP BY time_zone, due
                """].Read(PackedKey.Of(head.Number, 0), PackedKey.Of(head.Number, int.MaxValue), TimeSpan.TicksPerMinute);
            while (row.Read())
            {
                counts.Add(new(row.TextOrNull(0), row.InstantOrNull(1), row.Int32(2)));
            }

            return counts;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(
        string channelId, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyDictionary<string, FoundRecipient>>(
        session =>
        {
            var found = new Dictionary<string, FoundRecipient>(StringComparer.Ordinal);
            var find = session["""
                SELECT r.key, e.created_at, r.replied_at FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
                WHERE r.provider_message_id = $1 AND e.channel_id = $2 ORDER BY r.key DESC LIMIT 1
                """];
            foreach (var message in providerMessageIds)
            {
                using var row = find.Read(message, channelId);
                if (row.Read())
                {
                    found[message] = Found(row);
                }
            }

            return found;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return database.ReadAsync<IReadOnlyDictionary<ContactId, FoundRecipient>>(
            session =>
            {
                var found = new Dictionary<ContactId, FoundRecipient>();
                var find = session["""
                    SELECT r.key, e.created_at, r.replied_at FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
                    WHERE r.contact_id = $1 AND e.channel_id = $2 AND r.reached >= 1 ORDER BY r.execution DESC LIMIT 1
                    """];
                foreach (var contact in contacts)
                {
                    using var row = find.Read(contact.Value, channelId);
                    if (row.Read())
                    {
                        found[contact] = Found(row);
                    }
                }

                return found;
            },
            cancellationToken);
    }

    public Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(contacts.Count, 1_000, nameof(contacts));
        return database.ReadAsync<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>>(
            session =>
            {
                var found = new Dictionary<ContactId, IReadOnlyList<DateTimeOffset>>();
                foreach (var contact in contacts)
                {
                    var times = new List<DateTimeOffset>();
                    using var row = session["""
                        SELECT COALESCE(r.sent_at, r.in_doubt_since) at FROM fd_recipients r JOIN fd_executions e ON e.number = r.execution
                        WHERE r.contact_id = $1 AND COALESCE(r.sent_at, r.in_doubt_since) > $2 AND e.channel_id = $3
                            AND json_extract(e.snapshot, '$.settings.frequency_cap') IS NULL ORDER BY at
                        """].Read(contact.Value, after, channelId);
                    while (row.Read())
                    {
                        times.Add(row.Instant(0));
                    }

                    if (times.Count > 0)
                    {
                        found[contact] = times;
                    }
                }

                return found;
            },
            cancellationToken);
    }

    public Task<int> TransitionAsync(
        IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(transitions.Count, 1_000, nameof(transitions));
        return database.WriteAsync(
            session =>
            {
                var changed = new SqliteTransitions(session).Run(transitions);
                SqliteInboxStore.Drop(session, consumedInbox);
                return changed;
            },
            cancellationToken);
    }

    internal static Recipient? ReadOne(SqliteSession session, ExecutionHead execution, long key)
    {
        using var row = session[$"SELECT {RecipientRow.Columns}, {RecipientRow.Shown} {RecipientRow.FromShown} WHERE r.key = $1"].Read(key);
        return row.Read() ? RecipientRow.Read(row, execution, RecipientRow.Width) : null;
    }

    private static List<Recipient> ReadPage(SqliteSession session, ExecutionHead execution, RecipientFilter filter, int after, int limit, int skip)
    {
        var rows = new List<Recipient>();
        using var row = session[$"SELECT {RecipientRow.Columns}, {RecipientRow.Shown} {Filtered} ORDER BY r.key LIMIT $6 OFFSET $7"]
            .Read([.. Parameters(execution, filter, after), limit, skip]);
        while (row.Read())
        {
            rows.Add(RecipientRow.Read(row, execution, RecipientRow.Width));
        }

        return rows;
    }

    // Case is ignored as .NET ignores it, which SQLite does for ASCII only: so names are looked through here.
    private static Page<Recipient> Search(SqliteSession session, ExecutionHead execution, RecipientFilter filter, PageRequest page, int after, int skip)
    {
        var (total, seen) = (0, 0);
        var keys = new List<long>();
        using (var row = session[$"SELECT r.key, r.phone_number, r.contact_name {Filtered} ORDER BY r.key"].Read(Parameters(execution, filter, -1)))
        {
            while (row.Read())
            {
                if (!Matches(filter.Text, row.Text(1), row.TextOrNull(2)))
                {
                    continue;
                }

                total++;
                if (PackedKey.Place(row.Int64(0)) > after && seen++ >= skip && keys.Count <= page.Size)
                {
                    keys.Add(row.Int64(0));
                }
            }
        }

        return Paging.Page(keys.ConvertAll(key => ReadOne(session, execution, key)!), total, page, r => r, Cursor);
    }

    private static SqliteValue[] Parameters(ExecutionHead execution, RecipientFilter filter, int after) =>
    [
        after < 0 ? PackedKey.Of(execution.Number, 0) - 1 : PackedKey.Of(execution.Number, after),
        PackedKey.Of(execution.Number, int.MaxValue),
        filter.Statuses?.Aggregate(0, (mask, status) => mask | (1 << (int)status)),
        (int?)filter.Reached,
        filter.ErrorCodes is null ? null : JsonSerializer.Serialize(filter.ErrorCodes),
    ];

    private static bool Matches(string? text, string number, string? name) =>
        text is null || number.Contains(text, StringComparison.OrdinalIgnoreCase) || name?.Contains(text, StringComparison.OrdinalIgnoreCase) is true;

    private static string Cursor(Recipient last) => last.Id.Ordinal.ToString(CultureInfo.InvariantCulture);

    // Key, when its execution was made, when it replied.
    private static FoundRecipient Found(SqliteRow row) =>
        new(RecipientId.Create(PackedKey.Parent(row.Int64(0)), PackedKey.Place(row.Int64(0)), row.Instant(1)), !row.IsNull(2));
}
