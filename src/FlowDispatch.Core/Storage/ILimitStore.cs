namespace FlowDispatch.Storage;

/// <summary>Paced permits shared by all nodes: each bucket hands out instants that lie at least a spacing apart.</summary>
public interface ILimitStore
{
    /// <summary>Takes up to <paramref name="count"/> permits that fall due within <paramref name="horizon"/>.</summary>
    /// <remarks>
    /// A permit is an instant; whoever holds it may send once from then until it is void. Permits are never given back:
    /// one that is not used is lost, and never doubled.
    /// </remarks>
    /// <param name="key">The bucket, like <c>automation:{id}</c>; made when it is first asked.</param>
    /// <param name="spacing">The least time between two permits; more than zero. After a throttle they lie further apart for a while, by <see cref="Limits.Pace"/>.</param>
    /// <param name="count">1 to 1,000.</param>
    /// <param name="horizon">How far ahead permits may lie; zero or more.</param>
    /// <param name="cancellationToken">Gives up; permits may be lost.</param>
    Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default);

    /// <summary>The provider throttled: hands out nothing from a bucket before <paramref name="until"/>, and then less for a while, by <see cref="Limits.Pace"/>.</summary>
    /// <param name="key">The bucket; nodes also read of it in <see cref="ControlState.Held"/>.</param>
    /// <param name="until">By the store's clock; one that is past, or earlier than the one kept, changes nothing.</param>
    /// <param name="cancellationToken">Gives up; it may be held.</param>
    Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default);

    /// <summary>Counts one first message to a contact, unless that would exceed the cap.</summary>
    /// <param name="key">The cap's bucket, like <c>cap:{channel}:{contact}</c>.</param>
    /// <param name="holder">Which message is counted; counted again it counts once, as of now.</param>
    /// <param name="count">Most in any <paramref name="period"/>.</param>
    /// <param name="period">The rolling time.</param>
    /// <param name="cancellationToken">Gives up; it may have been counted.</param>
    /// <returns>Null when it was counted; otherwise when the oldest one leaves the period, and what the holder counted before still counts.</returns>
    Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default);

    /// <summary>What <see cref="CountAsync"/> would answer for each key, without counting anything.</summary>
    /// <param name="keys">The caps' buckets, at most 1,000.</param>
    /// <param name="count">Most in any <paramref name="period"/>.</param>
    /// <param name="period">The rolling time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For those over the cap, when the oldest one leaves the period; the others are left out.</returns>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> PeekAsync(
        IReadOnlyCollection<string> keys, int count, TimeSpan period, CancellationToken cancellationToken = default);

    /// <summary>Gives back what <paramref name="holder"/> counted, after a definite refusal; nothing where it holds none.</summary>
    Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default);
}
