using FlowDispatch.Tracking;

namespace FlowDispatch.Storage;

/// <summary>Keeps what providers told us until it is settled. Entries are consumed by <see cref="IRecipientStore.TransitionAsync"/>.</summary>
public interface IInboxStore
{
    /// <summary>Keeps events; once this returns they survive a crash.</summary>
    /// <param name="events">At most 10,000.</param>
    /// <param name="now">When they came in.</param>
    /// <param name="cancellationToken">Gives up; then none is kept.</param>
    Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default);

    /// <summary>The oldest entries that are due, at most <paramref name="limit"/> (1 to 40,000). Two nodes may read the same: settling is idempotent.</summary>
    Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default);

    /// <summary>Puts entries that match nothing yet off until <paramref name="until"/>.</summary>
    Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default);

    /// <summary>Takes entries away: settled ones, and those that settle nothing and never will. Unknown ones are left out.</summary>
    Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default);
}
