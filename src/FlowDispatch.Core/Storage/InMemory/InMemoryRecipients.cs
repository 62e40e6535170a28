using System.Globalization;
using System.Runtime.CompilerServices;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryRecipients(Tables tables) : IRecipientStore
{
    public Task<Recipient?> FindAsync(string organizationId, RecipientId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(
                Entry(id) is { } entry && entry.Execution.OrganizationId == organizationId ? entry.Shown(id.Ordinal) : null);
        }
    }

    public Task<IReadOnlyList<RecipientEvent>> ReadHistoryAsync(RecipientId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Entry(id)?.History(id.Ordinal) ?? []);
        }
    }

    public Task<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>> FindEventsAsync(
        IReadOnlyCollection<RecipientId> recipients, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipients.Count, 1_000, nameof(recipients));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(providerMessageIds.Count, 1_000, nameof(providerMessageIds));
        var messages = providerMessageIds.ToHashSet(StringComparer.Ordinal);
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>>(recipients
                .Distinct()
                .Select(r => KeyValuePair.Create(r, (IReadOnlyList<RecipientEvent>)[.. (Entry(r)?.History(r.Ordinal) ?? [])
                    .Where(e => e.ProviderMessageId is { } message && messages.Contains(message))]))
                .Where(r => r.Value.Count > 0)
                .ToDictionary());
        }
    }

    public Task<Page<Recipient>> ListAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, PageRequest page, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var all = Matching(organizationId, execution, filter);
            var start = page.Cursor is null
                ? page.Offset
                : int.TryParse(page.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? all.FindIndex(r => r.Id.Ordinal > after) : 0;
            var items = start < 0 ? [] : all.Skip(start).Take(page.Size).ToList();
            var next = start >= 0 && start + page.Size < all.Count ? items[^1].Id.Ordinal.ToString(CultureInfo.InvariantCulture) : null;
            return Task.FromResult(new Page<Recipient>(items, all.Count, next));
        }
    }

    public async IAsyncEnumerable<Recipient> StreamAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, int? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<Recipient> all;
        lock (tables.Gate)
        {
            all = Matching(organizationId, execution, filter, after ?? -1);
        }

        foreach (var recipient in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return recipient;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task<IReadOnlyList<PendingCount>> CountPendingAsync(string organizationId, ExecutionId execution, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<PendingCount>>(tables.Execution(organizationId, execution) is not { } entry ? [] :
                [.. entry.Rows.Where(r => r.Status == RecipientStatus.Pending)
                    .GroupBy(r => (r.TimeZone, DueAt: WholeMinute(r.NextAttemptAt)))
                    .Select(g => new PendingCount(g.Key.TimeZone, g.Key.DueAt, g.Count()))]);
        }
    }

    public Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(
        string channelId, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var messages = tables.Channel(channelId).Messages;
            var found = new Dictionary<string, FoundRecipient>(providerMessageIds.Count, StringComparer.Ordinal);
            foreach (var message in providerMessageIds)
            {
                if (messages.TryGetValue(message, out var id) && Entry(id) is { } entry)
                {
                    found[message] = Found(entry.Rows[id.Ordinal]);
                }
            }

            return Task.FromResult<IReadOnlyDictionary<string, FoundRecipient>>(found);
        }
    }

    public Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contacts.Count, 1_000, nameof(contacts));
        lock (tables.Gate)
        {
            var uncapped = tables.Executions.Where(e => e.ChannelId == channelId && e.Execution.Snapshot.Settings.FrequencyCap is null).ToList();
            return Task.FromResult<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>>(contacts
                .Distinct()
                .Select(c => KeyValuePair.Create(c, (IReadOnlyList<DateTimeOffset>)[.. uncapped
                    .Where(e => e.People.ContainsKey(c))
                    .Select(e => e.Rows[e.People[c]])
                    .Select(r => r.SentAt ?? r.InDoubtSince)
                    .OfType<DateTimeOffset>()
                    .Where(at => at > after)
                    .Order()]))
                .Where(c => c.Value.Count > 0)
                .ToDictionary());
        }
    }

    public Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contacts.Count, 1_000, nameof(contacts));
        lock (tables.Gate)
        {
            var channel = tables.Channel(channelId);
            var found = new Dictionary<ContactId, FoundRecipient>(contacts.Count);
            foreach (var contact in contacts)
            {
                if (channel.Latest(contact) is { } row)
                {
                    found[contact] = Found(row);
                }
            }

            return Task.FromResult<IReadOnlyDictionary<ContactId, FoundRecipient>>(found);
        }
    }

    public Task<int> TransitionAsync(
        IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transitions.Count, 1_000, nameof(transitions));
        lock (tables.Gate)
        {
            // Decided on copies first, so that a decision that throws leaves nothing half done.
            var rows = new Dictionary<RecipientId, Recipient>();
            var changes = new List<(ExecutionEntry Entry, int Ordinal, RecipientChange Change)>();
            foreach (var transition in transitions)
            {
                if (Entry(transition.Recipient) is not { } entry)
                {
                    continue;
                }

                var row = rows.GetValueOrDefault(transition.Recipient) ?? entry.Shown(transition.Recipient.Ordinal);
                if (transition.Decide(new(row, entry.Execution.IsOpen, entry.Unanswered(transition.Recipient.Ordinal))) is { } change)
                {
                    rows[transition.Recipient] = change.After;
                    changes.Add((entry, transition.Recipient.Ordinal, change));
                }
            }

            foreach (var (entry, ordinal, change) in changes)
            {
                entry.Write(ordinal, change);
            }

            foreach (var inbox in consumedInbox)
            {
                tables.Inbox.Remove(inbox);
            }

            return Task.FromResult(changes.Count);
        }
    }

    private static DateTimeOffset? WholeMinute(DateTimeOffset? at) =>
        at is { } due ? new((due.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero) : null;

    private static bool Has(string? value, string text) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private static FoundRecipient Found(Recipient row) => new(row.Id, row.RepliedAt is not null);

    private ExecutionEntry? Entry(RecipientId id) =>
        tables.Execution(id.ExecutionNumber) is { } entry && id.Ordinal < entry.Rows.Count && entry.Rows[id.Ordinal].Id == id ? entry : null;

    private List<Recipient> Matching(string organizationId, ExecutionId execution, RecipientFilter filter, int after = -1) =>
        tables.Execution(organizationId, execution) is not { } entry
            ? []
            : [.. Enumerable.Range(0, entry.Rows.Count).Skip(after + 1).Select(entry.Shown)
                .Where(r => filter.Statuses is null || filter.Statuses.Contains(r.Status))
                .Where(r => filter.Reached is null || r.Reached >= filter.Reached)
                .Where(r => filter.ErrorCodes is null || (r.ErrorCode is not null && filter.ErrorCodes.Contains(r.ErrorCode, StringComparer.Ordinal)))
                .Where(r => filter.Text is null || Has(r.PhoneNumber, filter.Text) || Has(r.ContactName, filter.Text))];
}
