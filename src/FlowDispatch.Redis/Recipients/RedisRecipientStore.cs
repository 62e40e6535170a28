using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Inbox;
using FlowDispatch.Redis.Rows;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Recipients;

internal sealed class RedisRecipientStore(RedisConnection connection, ExecutionHeads heads, ChannelIndex channels) : IRecipientStore
{
    private readonly RecipientTransitions _transitions = new(connection, heads, channels);

    public async Task<Recipient?> FindAsync(string organizationId, RecipientId id, CancellationToken cancellationToken = default)
    {
        if (await heads.FindAsync(id.ExecutionNumber).ConfigureAwait(false) is not { } head
            || head.OrganizationId != organizationId || head.RecipientAt(id.Ordinal) != id)
        {
            return null;
        }

        var rows = await RowReader.ReadAsync(connection, head, [id.Ordinal]).ConfigureAwait(false);
        return rows.Has(id.Ordinal) ? rows.Shown(id.Ordinal) : null;
    }

    public async Task<IReadOnlyList<RecipientEvent>> ReadHistoryAsync(RecipientId id, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        return HistoryRecords.Read((byte[]?)await database.HashGetAsync(HistoryKey(id), id.Ordinal % RowChunk.Size).ConfigureAwait(false));
    }

    public async Task<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>> FindEventsAsync(
        IReadOnlyCollection<RecipientId> recipients, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(recipients.Count, 1_000, nameof(recipients));
        Bounds.AtMost(providerMessageIds.Count, 1_000, nameof(providerMessageIds));
        var messages = providerMessageIds.ToHashSet(StringComparer.Ordinal);
        var chunks = recipients.Distinct().GroupBy(HistoryKey, (key, ids) => (Key: key, Ids: ids.ToList())).ToList();
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var histories = await Task.WhenAll(chunks.Select(c => database.HashGetAsync(c.Key, [.. c.Ids.Select(r => (RedisValue)(r.Ordinal % RowChunk.Size))]))).ConfigureAwait(false);
        var found = new Dictionary<RecipientId, IReadOnlyList<RecipientEvent>>();
        foreach (var (id, history) in chunks.SelectMany(c => c.Ids).Zip(histories.SelectMany(h => h)).Where(r => !r.Second.IsNull))
        {
            var told = HistoryRecords.Read((byte[])history!).Where(e => e.ProviderMessageId is { } message && messages.Contains(message)).ToList();
            if (told.Count > 0)
            {
                found[id] = told;
            }
        }

        return found;
    }

    public async Task<Page<Recipient>> ListAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, PageRequest page, CancellationToken cancellationToken = default)
    {
        if (await heads.FindAsync(organizationId, execution).ConfigureAwait(false) is not { } head)
        {
            return new([], 0, null);
        }

        var after = page.Cursor is null ? -1 : Paging.Cursor(page.Cursor);
        var skip = page.Cursor is null ? page.Offset : 0;
        var items = new List<Recipient>(page.Size);
        var (total, more) = (0, false);
        if (filter == RecipientFilter.All)
        {
            // Ordinals have no gaps, so that a page needs no other row read.
            total = await RecipientPages.TotalAsync(connection, head).ConfigureAwait(false);
            var first = (int)Math.Min((long)after + 1 + skip, int.MaxValue);
            await foreach (var row in RecipientPages.StreamAsync(connection, head, filter, first, cancellationToken).ConfigureAwait(false))
            {
                if (items.Count == page.Size)
                {
                    more = true;
                    break;
                }

                items.Add(row);
            }
        }
        else
        {
            // There is no index over what a row says, which every change would pay for: all rows pass by to be counted.
            await foreach (var row in RecipientPages.StreamAsync(connection, head, filter, 0, cancellationToken).ConfigureAwait(false))
            {
                total++;
                if (row.Id.Ordinal > after && --skip < 0)
                {
                    more |= items.Count == page.Size;
                    if (!more)
                    {
                        items.Add(row);
                    }
                }
            }
        }

        return new(items, total, more ? items[^1].Id.Ordinal.ToString(CultureInfo.InvariantCulture) : null);
    }

    public async IAsyncEnumerable<Recipient> StreamAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, int? after = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (await heads.FindAsync(organizationId, execution).ConfigureAwait(false) is not { } head)
        {
            yield break;
        }

        await foreach (var row in RecipientPages.StreamAsync(connection, head, filter, (after ?? -1) + 1, cancellationToken).ConfigureAwait(false))
        {
            yield return row;
        }
    }

    public async Task<IReadOnlyList<PendingCount>> CountPendingAsync(string organizationId, ExecutionId execution, CancellationToken cancellationToken = default)
    {
        var counts = new Dictionary<(string? Zone, DateTimeOffset? Due), int>();
        var pending = new RecipientFilter([RecipientStatus.Pending, RecipientStatus.Sending]);
        await foreach (var row in StreamAsync(organizationId, execution, pending, null, cancellationToken).ConfigureAwait(false))
        {
            var key = (row.TimeZone, WholeMinute(row.NextAttemptAt));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return [.. counts.Select(c => new PendingCount(c.Key.Zone, c.Key.Due, c.Value))];
    }

    public Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(
        string channelId, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default) =>
        channels.FindByMessageAsync(channelId, providerMessageIds);

    public Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default) =>
        channels.FindLatestAsync(channelId, contacts);

    public Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after, CancellationToken cancellationToken = default) =>
        channels.FindUncappedAsync(channelId, contacts, after);

    public async Task<int> TransitionAsync(
        IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(transitions.Count, 1_000, nameof(transitions));
        var changed = await _transitions.WriteAsync(transitions, cancellationToken).ConfigureAwait(false);

        // A process that ends here leaves entries that were acted on: they are read again, and settle nothing a second time.
        await RedisInboxStore.RemoveAsync(connection, consumedInbox).ConfigureAwait(false);
        return changed;
    }

    private RedisKey HistoryKey(RecipientId id) =>
        connection.Root(id.ExecutionNumber).Append(string.Create(CultureInfo.InvariantCulture, $"e:{id.Ordinal / RowChunk.Size}"));

    private static DateTimeOffset? WholeMinute(DateTimeOffset? at) =>
        at is { } due ? new((due.UtcTicks + TimeSpan.TicksPerMinute - 1) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero) : null;
}
