using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryRetention(Tables tables) : IRetentionStore
{
    private const int TracePage = 500;

    public Task<PruneStep> PruneAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 25);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        lock (tables.Gate)
        {
            if (tables.Pruned.TryPeek(out var begun))
            {
                return Task.FromResult(new PruneStep(0, DeleteRows(begun, limit), Done: false));
            }

            var next = tables.Executions.Where(e => Prunable(e, endedBefore, organizationId)).MinBy(e => e.Execution.CompletedAt);
            if (next is null)
            {
                return Task.FromResult(new PruneStep(0, 0, Done: true));
            }

            TakeAway(next);
            return Task.FromResult(new PruneStep(1, 0, Done: false));
        }
    }

    public Task<RecipientTrace> FindRecipientsAsync(string organizationId, ContactId contact, string? position, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var after = position is null ? 0 : int.Parse(position, CultureInfo.InvariantCulture);
            var found = tables.Executions
                .Where(e => e.Execution.Number > after && e.Execution.OrganizationId == organizationId && e.People.ContainsKey(contact))
                .Take(TracePage)
                .Select(e => e.Shown(e.People[contact]))
                .ToList();
            return Task.FromResult(new RecipientTrace(
                found, found.Count == TracePage ? found[^1].Id.ExecutionNumber.ToString(CultureInfo.InvariantCulture) : null));
        }
    }

    public Task<IReadOnlyList<RecipientId>> EraseRecipientsAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipients.Count, TracePage, nameof(recipients));
        lock (tables.Gate)
        {
            var left = new List<RecipientId>();
            foreach (var id in recipients)
            {
                if (tables.Execution(id.ExecutionNumber) is not { } entry || id.Ordinal >= entry.Rows.Count || entry.Rows[id.Ordinal].Id != id)
                {
                    continue;
                }

                if (entry.Rows[id.Ordinal].Open)
                {
                    left.Add(id);
                    continue;
                }

                ForgetMessages(entry, id.Ordinal);
                entry.Erase(id.Ordinal);
            }

            return Task.FromResult<IReadOnlyList<RecipientId>>(left);
        }
    }

    public Task<int> EraseUploadRowsAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var erased = 0;
            foreach (var entry in tables.Uploads.Values.Where(u => u.Upload.OrganizationId == organizationId))
            {
                if (entry.People.Remove(contact, out var row))
                {
                    entry.Rows.Remove(row);
                    entry.Upload = entry.Upload with { Sample = [] };
                    erased++;
                }
            }

            return Task.FromResult(erased);
        }
    }

    public Task<InboxPart> ReadRepliesAsync(string? position, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        lock (tables.Gate)
        {
            var after = position is null ? 0 : long.Parse(position, CultureInfo.InvariantCulture);
            var entries = tables.Inbox.Values.Select(r => r.Entry).Where(e => e.Id > after).Take(limit).ToList();
            return Task.FromResult(new InboxPart([.. entries.Where(e => e.Event is InboundEvent.Reply)], entries.Count == limit ? entries[^1].Id.ToString(CultureInfo.InvariantCulture) : null));
        }
    }

    public Task EraseConversationsAsync(ContactId contact, IReadOnlyCollection<string> channels, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            foreach (var channel in channels)
            {
                tables.Channel(channel).Conversations.Remove(contact);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (!tables.Contacts.TryGetValue(contact, out var known) || known.OrganizationId != organizationId)
            {
                return Task.FromResult(false);
            }

            var key = tables.DigestKeys.TryGetValue(organizationId, out var kept) ? kept : tables.DigestKeys[organizationId] = NumberDigest.NewKey();
            var digest = (organizationId, NumberDigest.Of(key, known.WhatsAppId));
            if (KeptSuppression.Of(known) is { IsNone: false } suppression)
            {
                tables.Erased[digest] = suppression;
            }
            else
            {
                tables.Erased.Remove(digest);
            }

            tables.Erase(contact);
            tables.Numbers.Remove((organizationId, known.WhatsAppId));
            return Task.FromResult(true);
        }
    }

    private bool Prunable(ExecutionEntry entry, DateTimeOffset endedBefore, string? organizationId) =>
        entry.Execution is { Status: ExecutionStatus.Completed or ExecutionStatus.Failed or ExecutionStatus.Cancelled, CompletedAt: { } ended } execution
        && ended < endedBefore
        && !execution.OwesReturns
        && (organizationId is null || execution.OrganizationId == organizationId)
        && entry.Counters.InDoubt == 0
        && (entry.Counters.Open == 0 || execution.Status == ExecutionStatus.Failed)
        && !tables.Leases.Values.Any(l => l.Execution == entry);

    private void TakeAway(ExecutionEntry entry)
    {
        var execution = entry.Execution;
        if (!execution.Snapshot.TestMode)
        {
            var own = new AutomationTotals(1, entry.Counters, execution.CreatedAt, execution.Id);
            tables.KeptTotals[execution.AutomationId] = tables.KeptTotals.TryGetValue(execution.AutomationId, out var kept) ? kept + own : own;
        }

        tables.Executions.Remove(entry);
        entry.Channel.Executions.Remove(entry);
        tables.ExecutionsByNumber.Remove(execution.Number);
        tables.ExecutionsById.Remove(execution.Id);
        tables.Pruned.Enqueue(entry);
    }

    private int DeleteRows(ExecutionEntry entry, int limit)
    {
        var count = Math.Min(limit, entry.Rows.Count);
        var first = entry.Rows.Count - count;
        for (var ordinal = first; ordinal < entry.Rows.Count; ordinal++)
        {
            ForgetMessages(entry, ordinal);
        }

        entry.Rows.RemoveRange(first, count);
        if (entry.Rows.Count == 0)
        {
            tables.Pruned.Dequeue();
        }

        return count;
    }

    private static void ForgetMessages(ExecutionEntry entry, int ordinal)
    {
        foreach (var message in entry.History(ordinal).Select(n => n.ProviderMessageId).Append(entry.Rows[ordinal].ProviderMessageId).OfType<string>())
        {
            if (entry.Channel.Messages.TryGetValue(message, out var id) && id == entry.Rows[ordinal].Id)
            {
                entry.Channel.Messages.Remove(message);
            }
        }
    }
}
