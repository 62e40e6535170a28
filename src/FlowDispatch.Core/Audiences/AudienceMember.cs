using FlowDispatch.Contacts;

namespace FlowDispatch.Audiences;

/// <summary>One person of an audience: a contact that is known, or a person by number who becomes one.</summary>
public sealed record AudienceMember
{
    private AudienceMember()
    {
    }

    /// <summary>The contact's id, where it is known.</summary>
    public ContactId? ContactId { get; private init; }

    /// <summary>The contact itself, where the audience has it at hand.</summary>
    public Contact? Contact { get; private init; }

    /// <summary>The person, where only the number is known.</summary>
    public ContactUpsert? Person { get; private init; }

    /// <summary>What this audience knows of the person, as <c>row</c> in templates; null for nothing.</summary>
    public IReadOnlyDictionary<string, object?>? Row { get; private init; }

    /// <summary>Variables that stand as they are, by name: what they were made of can't be found again. Null for none.</summary>
    internal IReadOnlyDictionary<string, string>? Kept { get; init; }

    /// <summary>True when the person was named: who can't be written to is then shown as skipped, otherwise left out.</summary>
    public bool Named { get; private init; }

    /// <summary>Where the stream goes on behind this member.</summary>
    public string Position { get; private init; } = "";

    /// <summary>A contact by its id, named.</summary>
    public static AudienceMember Of(ContactId contact, string position, IReadOnlyDictionary<string, object?>? row = null) =>
        new() { ContactId = contact, Position = position, Row = row, Named = true };

    /// <summary>A contact that was found by a rule, not named.</summary>
    public static AudienceMember Of(Contact contact, string position)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return new() { ContactId = contact.Id, Contact = contact, Position = position };
    }

    /// <summary>A person by number, from the host's own tables; the contact is created or filled in.</summary>
    public static AudienceMember ByNumber(ContactUpsert person, string position, IReadOnlyDictionary<string, object?>? row = null)
    {
        ArgumentNullException.ThrowIfNull(person);
        return new() { Person = person, Position = position, Row = row, Named = true };
    }
}
