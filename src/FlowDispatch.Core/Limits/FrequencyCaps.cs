using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Storage;

namespace FlowDispatch.Limits;

/// <summary>A frequency cap over the first messages of all automations on a channel.</summary>
/// <remarks>
/// Runs whose automation has a cap count before they hand over, so that together they never pass it. The others don't, and
/// pay nothing: what they sent is looked up in their rows, and takes its part of the count.
/// </remarks>
/// <param name="store">The store.</param>
/// <param name="channelId">The channel.</param>
/// <param name="cap">The cap.</param>
internal sealed class FrequencyCaps(IStore store, string channelId, FrequencyCap cap)
{
    /// <summary>The longest that a hand-over may follow its count: by so much counts lie further apart.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _period = cap.Period + Lag;

    /// <summary>Counts a message of <paramref name="holder"/>; counted again it counts once, as of now.</summary>
    /// <returns>Null when it was counted; otherwise when to ask again.</returns>
    public async Task<DateTimeOffset?> CountAsync(ContactId contact, string holder, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var others = await OthersAsync([contact], now, cancellationToken).ConfigureAwait(false);
        var sent = others.GetValueOrDefault(contact) ?? [];
        if (FullUntil(sent) is { } full)
        {
            return full;
        }

        var until = await store.Limits.CountAsync(Key(contact), holder, cap.Count - sent.Count, _period, cancellationToken).ConfigureAwait(false);
        return Sooner(until, sent);
    }

    /// <summary>Gives back what <paramref name="holder"/> counted, after a definite refusal.</summary>
    public Task UncountAsync(ContactId contact, string holder, CancellationToken cancellationToken) =>
        store.Limits.UncountAsync(Key(contact), holder, cancellationToken);

    /// <summary>For those over the cap when to ask again, without counting anything; at most 1,000 contacts.</summary>
    public async Task<IReadOnlyDictionary<ContactId, DateTimeOffset>> PeekAsync(IReadOnlyCollection<ContactId> contacts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var others = await OthersAsync(contacts, now, cancellationToken).ConfigureAwait(false);
        var waits = new Dictionary<ContactId, DateTimeOffset>();
        foreach (var alike in contacts.Distinct().GroupBy(c => others.GetValueOrDefault(c)?.Count ?? 0))
        {
            var until = alike.Key < cap.Count
                ? await store.Limits.PeekAsync([.. alike.Select(Key)], cap.Count - alike.Key, _period, cancellationToken).ConfigureAwait(false)
                : null;
            foreach (var contact in alike)
            {
                var sent = others.GetValueOrDefault(contact) ?? [];
                var wait = until is null ? FullUntil(sent) : Sooner(until.TryGetValue(Key(contact), out var leaves) ? leaves : null, sent);
                if (wait is { } at)
                {
                    waits[contact] = at;
                }
            }
        }

        return waits;
    }

    private Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> OthersAsync(
        IReadOnlyCollection<ContactId> contacts, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.Recipients.FindUncappedAsync(channelId, contacts, now - _period, cancellationToken);

    // As many must leave the period as there are too many for one more.
    private DateTimeOffset? FullUntil(IReadOnlyList<DateTimeOffset> sent) =>
        sent.Count < cap.Count ? null : sent[sent.Count - cap.Count] + _period;

    // Room comes with whichever leaves first, one that was counted or one of the others.
    private DateTimeOffset? Sooner(DateTimeOffset? until, IReadOnlyList<DateTimeOffset> sent) =>
        until is not null && sent.Count > 0 && sent[0] + _period < until ? sent[0] + _period : until;

    private string Key(ContactId contact) => $"cap:{channelId}:{contact}";
}
