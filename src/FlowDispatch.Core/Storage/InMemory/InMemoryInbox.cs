using FlowDispatch.Tracking;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryInbox(Tables tables) : IInboxStore
{
    private long _last;

    public Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            foreach (var entry in events)
            {
                var id = ++_last;
                tables.Inbox.Add(id, new(new(id, entry, now, 0)));
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 40_000);
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<InboxEntry>>([.. tables.Inbox.Values.Where(r => r.DueAt <= now).Take(limit).Select(r => r.Entry)]);
        }
    }

    public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            foreach (var id in entries)
            {
                if (tables.Inbox.TryGetValue(id, out var row))
                {
                    row.Entry = row.Entry with { Tries = row.Entry.Tries + 1 };
                    row.DueAt = until;
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            foreach (var id in entries)
            {
                tables.Inbox.Remove(id);
            }
        }

        return Task.CompletedTask;
    }
}
