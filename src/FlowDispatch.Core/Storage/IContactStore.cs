using FlowDispatch.Contacts;

namespace FlowDispatch.Storage;

/// <summary>Keeps contacts.</summary>
public interface IContactStore
{
    /// <summary>Creates contacts, or brings those whose number is known up to date by <see cref="ContactMerge"/>.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="upserts">At most 1,000, no number twice.</param>
    /// <param name="mode">What happens to known ones.</param>
    /// <param name="revive">Whether deleted ones come back; otherwise they stay deleted.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <returns>One result for each upsert, in their order.</returns>
    Task<IReadOnlyList<ContactUpsertResult>> UpsertAsync(
        string organizationId, IReadOnlyList<ContactUpsert> upserts, ContactUpdateMode mode, bool revive, CancellationToken cancellationToken = default);

    /// <summary>The contacts with these ids in any order, deleted ones included; unknown and foreign ids are left out.</summary>
    Task<IReadOnlyList<Contact>> FindAsync(string organizationId, IReadOnlyCollection<ContactId> ids, CancellationToken cancellationToken = default);

    /// <summary>The contacts with these numbers in any order, deleted ones included.</summary>
    Task<IReadOnlyList<Contact>> FindByNumberAsync(string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default);

    /// <summary>Of these numbers the contacts that are not deleted, by number, with nothing of them but their ids.</summary>
    Task<IReadOnlyDictionary<string, ContactId>> FindIdsByNumberAsync(
        string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken = default);

    /// <summary>Changes one contact that is not deleted; null when there is none.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The contact.</param>
    /// <param name="change">From the contact as it is to what it becomes; without effects of its own, since it may run again.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <remarks>A change to a worse <see cref="Contact.Suppression"/> is seen by <see cref="IClaimStore.ReadControlAsync"/> from then on.</remarks>
    /// <exception cref="DuplicateNumberException">The new number belongs to another contact.</exception>
    Task<Contact?> UpdateAsync(string organizationId, ContactId id, Func<Contact, Contact> change, CancellationToken cancellationToken = default);

    /// <summary>Contacts that are not deleted, by id. <paramref name="text"/> is found, case ignored, in name, number or e-mail.</summary>
    Task<Page<Contact>> ListAsync(string organizationId, string? text, string? tag, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>All contacts that are not deleted, by id, streamed; those after <paramref name="after"/> where it is given.</summary>
    IAsyncEnumerable<Contact> StreamAsync(string organizationId, ContactId? after, CancellationToken cancellationToken = default);

    /// <summary>Which of these custom fields the organization's contacts have, however many contacts there are.</summary>
    /// <remarks>
    /// Names are kept as contacts are written, in the same step, and stay when the last contact that had one loses it: a name
    /// that is not found was never used.
    /// </remarks>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="names">At most 1,000, each at most <see cref="CustomFieldNames.LongestName"/> characters: longer ones are never found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<CustomFieldNames> FindCustomFieldsAsync(string organizationId, IReadOnlyCollection<string> names, CancellationToken cancellationToken = default);

    /// <summary>The last conversation of each of these contacts on a channel; those who never wrote are left out.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="contacts">At most 1,000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyDictionary<ContactId, Conversation>> FindConversationsAsync(
        string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default);

    /// <summary>Notes when people wrote on a channel, as <see cref="Conversation.With"/> says.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="channelId">The channel.</param>
    /// <param name="wroteAt">Who, and when; at most 1,000.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    Task TouchConversationsAsync(
        string organizationId, string channelId, IReadOnlyDictionary<ContactId, DateTimeOffset> wroteAt, CancellationToken cancellationToken = default);
}
