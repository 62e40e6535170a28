using FlowDispatch.Contacts;

namespace FlowDispatch.Retention;

/// <summary>Ends the keeping of data: of executions that are long over, and of a person who is to be forgotten.</summary>
public interface IDataRetention
{
    /// <summary>Prunes executions that ended longer ago than <paramref name="age"/>, oldest first, in steps of at most 1,000 recipients.</summary>
    /// <remarks>
    /// An execution that is pruned is gone at once and as a whole: in the same step its figures join its automation's totals,
    /// which stay as they were. Its rows are deleted in the steps that follow, with their history and what leads to them. Kept
    /// whatever their age are executions that are open, that a node still leases, whose cancelled people are still being
    /// closed, or in which somebody is in doubt. A failed one goes like any other, and can't be resumed after that. What is
    /// left where the process dies, of whatever organization, is deleted by the next call on any node; several may prune at
    /// once. A receipt that comes later matches nobody.
    /// </remarks>
    /// <param name="age">How long ago they ended at least; zero or more. Longer than any frequency cap's period, or messages of automations without a cap are no longer counted for it.</param>
    /// <param name="organizationId">Whose; null for all.</param>
    /// <param name="cancellationToken">Stops between two steps; what was pruned stays pruned.</param>
    /// <returns>What this call did.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="age"/> is negative.</exception>
    Task<PruneResult> PruneExecutionsAsync(TimeSpan age, string? organizationId = null, CancellationToken cancellationToken = default);

    /// <summary>Erases a contact: everything that tells who the person is or what they wrote goes, in all executions.</summary>
    /// <remarks>
    /// The contact is deleted first, so that from then on nothing is handed to a sender for it; after a second, which is how
    /// long nodes may take to hear of it, whoever was still to be sent to is skipped as <c>deleted</c>. Rows of recipients stay
    /// with status, times and codes, so that counters still agree with them; number, name, zone, variables, words and the
    /// provider's message ids go. Of an opt-out or a block a keyed digest of the number is kept, and a contact that is made
    /// with that number again begins with it. Each part is a step of its own: where the process dies, calling again goes on.
    /// </remarks>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="contact">The contact, deleted ones included.</param>
    /// <param name="cancellationToken">Stops between two steps; what was erased stays erased, and the contact is deleted.</param>
    /// <returns>
    /// What was done; <see cref="ContactErasure.Complete"/> is false while a message is in a sender's hands: call again once it
    /// has its answer. Null when there is no such contact, or no more.
    /// </returns>
    Task<ContactErasure?> EraseContactAsync(string organizationId, ContactId contact, CancellationToken cancellationToken = default);
}
