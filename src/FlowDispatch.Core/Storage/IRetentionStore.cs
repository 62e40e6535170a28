using FlowDispatch.Contacts;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>Ends the keeping of data, in steps that are small whatever there is to delete.</summary>
public interface IRetentionStore
{
    /// <summary>One step of pruning: goes on with an execution that an earlier step took away, or takes the next one away.</summary>
    /// <remarks>
    /// Taken away is an execution that is completed, failed or cancelled since before <paramref name="endedBefore"/>, that
    /// nobody leases, with nobody in doubt, and, unless it failed, with nobody open. From that step on no member finds it or
    /// its recipients, it is in no listing, and <see cref="IExecutionStore.SumAsync"/> answers as before: its counters were
    /// added to what is kept of its automation. Later steps delete its rows, with history, entries of indexes and queues.
    /// Steps of several nodes may run at once; none is done twice.
    /// </remarks>
    /// <param name="endedBefore">Which executions are old enough; what was taken away already is finished whatever its age.</param>
    /// <param name="organizationId">Whose executions are taken away; null for all.</param>
    /// <param name="limit">Most recipients deleted in this step; 25 to 10,000.</param>
    /// <param name="cancellationToken">Gives up; the step may have been made.</param>
    Task<PruneStep> PruneAsync(DateTimeOffset endedBefore, string? organizationId, int limit, CancellationToken cancellationToken = default);

    /// <summary>Searches the organization's executions for a contact, oldest first, part by part.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="contact">The contact; it may be gone.</param>
    /// <param name="position">What <see cref="RecipientTrace.Next"/> said; null at the beginning.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<RecipientTrace> FindRecipientsAsync(string organizationId, ContactId contact, string? position, CancellationToken cancellationToken = default);

    /// <summary>Takes number, name, zone, variables, words and the provider's message ids off recipients and their history; all else stays.</summary>
    /// <remarks>Of several rows some may be erased and others not after a crash. Doing it again is harmless.</remarks>
    /// <param name="recipients">At most 500; unknown ones are left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those left as they are, because their run has not ended.</returns>
    Task<IReadOnlyList<RecipientId>> EraseRecipientsAsync(IReadOnlyList<RecipientId> recipients, CancellationToken cancellationToken = default);

    /// <summary>Deletes the contact's rows of all the organization's uploads, and the samples of those uploads; upload by upload.</summary>
    /// <returns>How many rows there were.</returns>
    Task<int> EraseUploadRowsAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default);

    /// <summary>All replies in the inbox, due or not, part by part.</summary>
    /// <remarks>One that is put off meanwhile may come twice, and one that comes in meanwhile may be missed.</remarks>
    /// <param name="position">What <see cref="InboxPart.Next"/> said; null at the beginning.</param>
    /// <param name="limit">How many entries to look at; 1 to 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<InboxPart> ReadRepliesAsync(string? position, int limit, CancellationToken cancellationToken = default);

    /// <summary>Forgets when the contact last wrote on these channels.</summary>
    Task EraseConversationsAsync(ContactId contact, IReadOnlyCollection<string> channels, CancellationToken cancellationToken = default);

    /// <summary>Deletes a contact's row, and keeps of its opt-out and block a digest of the number alone, in the same step.</summary>
    /// <remarks>
    /// A contact that gets that number later begins with them (<see cref="KeptSuppression"/>). One that had neither leaves
    /// nothing, also of an earlier digest: the person has consented since.
    /// </remarks>
    /// <returns>False when there is none.</returns>
    Task<bool> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default);
}
