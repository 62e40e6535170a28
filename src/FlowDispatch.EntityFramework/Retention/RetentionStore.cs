using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.EntityFramework.Retention;

/// <summary>What ends the keeping of data; its statements are the provider's.</summary>
internal abstract class RetentionStore : IRetentionStore
{
    protected const int TracePage = 500;

    public Task<PruneStep> PruneAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 25);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        return StepAsync(endedBefore, organizationId, limit, cancellationToken);
    }

    public abstract Task<RecipientTrace> FindRecipientsAsync(
        string organizationId, ContactId contact, string? position, CancellationToken cancellationToken = default);

    public Task<IReadOnlyList<RecipientId>> EraseRecipientsAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(recipients.Count, TracePage, nameof(recipients));
        return EraseAsync(recipients, cancellationToken);
    }

    public abstract Task<int> EraseUploadRowsAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default);

    public async Task<InboxPart> ReadRepliesAsync(string? position, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        var after = position is null ? long.MinValue : long.Parse(position, CultureInfo.InvariantCulture);
        var entries = await InboxAsync(after, limit, cancellationToken).ConfigureAwait(false);
        return new([.. entries.Where(e => e.Event is InboundEvent.Reply)], entries.Count == limit ? entries[^1].Id.ToString(CultureInfo.InvariantCulture) : null);
    }

    public abstract Task EraseConversationsAsync(ContactId contact, IReadOnlyCollection<string> channels, CancellationToken cancellationToken = default);

    public abstract Task<bool> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default);

    /// <summary>A part of a trace, which goes on behind its last execution where it is full.</summary>
    protected static RecipientTrace Trace(IReadOnlyList<Recipient> found) =>
        new(found, found.Count == TracePage ? found[^1].Id.ExecutionNumber.ToString(CultureInfo.InvariantCulture) : null);

    protected abstract Task<PruneStep> StepAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken);

    protected abstract Task<IReadOnlyList<RecipientId>> EraseAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken);

    /// <summary>The entries that are kept one by one, by id; replies are among these.</summary>
    protected abstract Task<IReadOnlyList<InboxEntry>> InboxAsync(long after, int limit, CancellationToken cancellationToken);
}
