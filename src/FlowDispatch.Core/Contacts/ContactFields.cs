using FlowDispatch.Validation;

namespace FlowDispatch.Contacts;

/// <summary>The fields of a contact that a request gives; those it leaves out stay as they are.</summary>
public sealed record ContactFields
{
    /// <summary>The number as a person writes it; it is normalised. Required for a new contact, and never null.</summary>
    public Given<string?> WhatsAppId { get; init; }

    /// <summary>Full name, at most 255 characters.</summary>
    public Given<string?> Name { get; init; }

    /// <summary>E-mail address, at most 320 characters.</summary>
    public Given<string?> Email { get; init; }

    /// <summary>Labels, at most 100 of at most 100 characters each; null for none.</summary>
    public Given<IReadOnlyList<string>?> Tags { get; init; }

    /// <summary>The host's own fields, at most 64 KB as JSON, with names of at most 100 characters; null for none.</summary>
    public Given<IReadOnlyDictionary<string, object?>?> CustomFields { get; init; }

    /// <summary>BCP 47 language, at most 35 characters.</summary>
    public Given<string?> Language { get; init; }

    /// <summary>IANA time zone.</summary>
    public Given<string?> TimeZone { get; init; }

    /// <summary>Whether the person may be written to, as far as they said.</summary>
    public Given<bool?> OptedIn { get; init; }

    /// <summary>Whether the organization forbids writing.</summary>
    public Given<bool?> Blocked { get; init; }
}
