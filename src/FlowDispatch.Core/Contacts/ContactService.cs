using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Contacts;

/// <summary>Takes contacts in and changes them; what can't be a number never becomes one.</summary>
/// <param name="store">Where contacts are kept.</param>
/// <param name="numbers">Decides what a number is.</param>
/// <param name="time">The clock.</param>
public sealed class ContactService(IStore store, PhoneNumberNormalizer numbers, TimeProvider time)
{
    private const string Source = "api";
    private const int ReasonLength = 1_000;

    private readonly ContactRules _rules = new(numbers);

    /// <summary>Makes a contact; where the number is known already, the given fields replace what is there, and tags and custom fields join it.</summary>
    /// <remarks>A deleted contact comes back, with its opt-out and block as they were unless the fields say otherwise.</remarks>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="fields">The number at least.</param>
    /// <param name="cancellationToken">Gives up; the contact may have been made without its opt-out or block.</param>
    /// <exception cref="InvalidFieldsException">A field can't be what is given.</exception>
    public async Task<ContactUpsertResult> SaveAsync(string organizationId, ContactFields fields, CancellationToken cancellationToken = default)
    {
        var given = Check(fields, complete: true);
        var upsert = new ContactUpsert
        {
            WhatsAppId = given.WhatsAppId.Value!,
            Name = given.Name.Value,
            Email = given.Email.Value,
            Language = given.Language.Value,
            TimeZone = given.TimeZone.Value,
            Tags = given.Tags.Value,
            CustomFields = given.CustomFields.Value,
            OptedIn = given.OptedIn.Value,
        };
        var result = (await store.Contacts.UpsertAsync(organizationId, [upsert], ContactUpdateMode.Overwrite, revive: true, cancellationToken).ConfigureAwait(false))[0];
        if (!given.OptedIn.IsGiven && !given.Blocked.IsGiven)
        {
            return result;
        }

        var now = time.GetUtcNow();
        var permitted = await store.Contacts.UpdateAsync(
            organizationId, result.Contact.Id, c => Permit(c, given, now), cancellationToken).ConfigureAwait(false);
        return result with { Contact = permitted ?? result.Contact };
    }

    /// <summary>Changes the given fields, each replaced as a whole; null when there is no such contact.</summary>
    /// <exception cref="InvalidFieldsException">A field can't be what is given.</exception>
    /// <exception cref="DuplicateNumberException">The number belongs to another contact.</exception>
    public async Task<Contact?> UpdateAsync(string organizationId, ContactId id, ContactFields fields, CancellationToken cancellationToken = default)
    {
        var given = Check(fields, complete: false);
        var now = time.GetUtcNow();
        return await store.Contacts.UpdateAsync(
            organizationId,
            id,
            contact => Touch(contact, Permit(contact, given, now) with
            {
                WhatsAppId = given.WhatsAppId.Value ?? contact.WhatsAppId,
                Name = given.Name.Or(contact.Name),
                Email = given.Email.Or(contact.Email),
                Tags = given.Tags.IsGiven ? given.Tags.Value ?? [] : contact.Tags,
                CustomFields = given.CustomFields.IsGiven ? given.CustomFields.Value ?? FieldValues.None : contact.CustomFields,
                Language = given.Language.Or(contact.Language),
                TimeZone = given.TimeZone.Or(contact.TimeZone),
            }, now),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that the person wants messages or none; null when there is no such contact.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The contact.</param>
    /// <param name="optedIn">Whether they do.</param>
    /// <param name="reason">Why, at most 1,000 characters; null where nobody said.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <remarks>Saying the same again without a reason changes nothing: the first time and reason are kept.</remarks>
    public Task<Contact?> SetOptInAsync(string organizationId, ContactId id, bool optedIn, string? reason, CancellationToken cancellationToken = default)
    {
        var (why, now) = (Reason(reason), time.GetUtcNow());
        return store.Contacts.UpdateAsync(
            organizationId,
            id,
            contact => contact.OptedIn == optedIn && why is null && contact.OptChangedAt is not null
                ? contact
                : contact with { OptedIn = optedIn, OptChangedAt = now, OptReason = why, OptSource = Source, UpdatedAt = now },
            cancellationToken);
    }

    /// <summary>Forbids or allows writing to the person; null when there is no such contact.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The contact.</param>
    /// <param name="blocked">Whether it is forbidden.</param>
    /// <param name="reason">Why, at most 1,000 characters; null where nobody said.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <remarks>Saying the same again without a reason changes nothing: the first time and reason are kept.</remarks>
    public Task<Contact?> SetBlockedAsync(string organizationId, ContactId id, bool blocked, string? reason, CancellationToken cancellationToken = default)
    {
        var (why, now) = (Reason(reason), time.GetUtcNow());
        return store.Contacts.UpdateAsync(
            organizationId,
            id,
            contact => contact.Blocked == blocked && why is null
                ? contact
                : contact with { Blocked = blocked, BlockChangedAt = now, BlockReason = why, UpdatedAt = now },
            cancellationToken);
    }

    /// <summary>Deletes a contact softly: it is never sent to again, and its number is still known. False when there is none.</summary>
    public async Task<bool> DeleteAsync(string organizationId, ContactId id, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return await store.Contacts.UpdateAsync(
            organizationId, id, contact => contact with { DeletedAt = now, UpdatedAt = now }, cancellationToken).ConfigureAwait(false) is not null;
    }

    private static Contact Permit(Contact contact, ContactFields given, DateTimeOffset now)
    {
        var permitted = contact;
        if (given.OptedIn.Value is { } optedIn && (optedIn != contact.OptedIn || (!optedIn && contact.OptChangedAt is null)))
        {
            permitted = permitted with { OptedIn = optedIn, OptChangedAt = now, OptReason = null, OptSource = Source, UpdatedAt = now };
        }

        if (given.Blocked.Value is { } blocked && blocked != contact.Blocked)
        {
            permitted = permitted with { Blocked = blocked, BlockChangedAt = now, BlockReason = null, UpdatedAt = now };
        }

        return permitted;
    }

    private static Contact Touch(Contact before, Contact after, DateTimeOffset now) => after == before ? before : after with { UpdatedAt = now };

    private static string? Reason(string? reason) => reason?.Trim() switch
    {
        null or "" => null,
        { Length: > ReasonLength } text => throw new InvalidFieldsException("reason", $"has {text.Length:N0} characters; it must have at most {ReasonLength:N0}."),
        var text => text,
    };

    private ContactFields Check(ContactFields fields, bool complete)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var errors = new FieldErrors();
        if (complete && fields.WhatsAppId.Value is null)
        {
            errors.Add("whatsapp_id", "is required.");
            fields = fields with { WhatsAppId = default };
        }

        var given = _rules.Check(fields, errors);
        errors.ThrowIfAny();
        return given;
    }
}
