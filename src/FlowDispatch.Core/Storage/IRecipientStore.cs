using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>Reads recipients and changes single ones; the engine's bulk writes are <see cref="IClaimStore"/>'s.</summary>
public interface IRecipientStore
{
    /// <summary>One recipient; null when there is none in this organization.</summary>
    Task<Recipient?> FindAsync(string organizationId, RecipientId id, CancellationToken cancellationToken = default);

    /// <summary>What its row alone does not tell, oldest first.</summary>
    Task<IReadOnlyList<RecipientEvent>> ReadHistoryAsync(RecipientId id, CancellationToken cancellationToken = default);

    /// <summary>Of the histories of some recipients, what tells of some messages.</summary>
    /// <param name="recipients">Whose; at most 1,000.</param>
    /// <param name="providerMessageIds">The provider's ids of the messages; at most 1,000. An event of anybody that names any of them is found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Oldest first for each; those of whom nothing is told are left out.</returns>
    Task<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>> FindEventsAsync(
        IReadOnlyCollection<RecipientId> recipients, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default);

    /// <summary>Recipients of an execution by ordinal; the cursor is the last ordinal.</summary>
    Task<Page<Recipient>> ListAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>The same, all of them, streamed by key in bounded memory; each is as it was when its part of the stream was read.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="execution">The execution; an unknown one has nobody.</param>
    /// <param name="filter">Who is wanted.</param>
    /// <param name="after">The ordinal to go on behind; null at the beginning.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<Recipient> StreamAsync(
        string organizationId, ExecutionId execution, RecipientFilter filter, int? after = null, CancellationToken cancellationToken = default);

    /// <summary>Counts the pending recipients of an execution, those in a sender's hands among them, by what it takes to foretell their turn.</summary>
    /// <returns>In any order, no time zone and due time twice; empty for an unknown or foreign execution.</returns>
    Task<IReadOnlyList<PendingCount>> CountPendingAsync(string organizationId, ExecutionId execution, CancellationToken cancellationToken = default);

    /// <summary>Recipients whose last accepted message has one of these provider ids, on this channel; at most 1,000 ids.</summary>
    Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(
        string channelId, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default);

    /// <summary>Each contact's most recently made recipient on the channel that reached <see cref="Milestone.Sent"/>; those without one are left out.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="contacts">Of whom; at most 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default);

    /// <summary>When executions without a frequency cap reached people for the first time on a channel: what was accepted then, or is in doubt since then.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="contacts">Of whom; at most 1,000.</param>
    /// <param name="after">What was not later than this is left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Oldest first for each; those without any are left out.</returns>
    Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after, CancellationToken cancellationToken = default);

    /// <summary>Decides and writes changes of single recipients, their counters, history and due times, and consumes inbox entries, all at once.</summary>
    /// <param name="transitions">At most 1,000. Several for one recipient are decided in their order, each on what the one before left.</param>
    /// <param name="consumedInbox">Inbox entries that these settle; an entry that is gone already is no error.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <returns>How many transitions changed something.</returns>
    Task<int> TransitionAsync(
        IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken = default);
}
