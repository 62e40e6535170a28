namespace FlowDispatch.Contacts;

/// <summary>A person an organization may write to.</summary>
public sealed record Contact
{
    /// <summary>The contact's id.</summary>
    public required ContactId Id { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>The number as E.164 digits without <c>+</c>; unique in the organization.</summary>
    public required string WhatsAppId { get; init; }

    /// <summary>Full name; null when unknown.</summary>
    public string? Name { get; init; }

    /// <summary>E-mail address; null when unknown.</summary>
    public string? Email { get; init; }

    /// <summary>Labels, distinct, in the order given.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The host's own fields, as <see cref="FieldValues"/> reads them from JSON.</summary>
    public IReadOnlyDictionary<string, object?> CustomFields { get; init; } = FieldValues.None;

    /// <summary>BCP 47 language, like <c>pt-BR</c>; null when unknown.</summary>
    public string? Language { get; init; }

    /// <summary>IANA time zone; null when unknown.</summary>
    public string? TimeZone { get; init; }

    /// <summary>False once the person asked for no more messages. Default true.</summary>
    public bool OptedIn { get; init; } = true;

    /// <summary>When <see cref="OptedIn"/> last changed; null if never.</summary>
    public DateTimeOffset? OptChangedAt { get; init; }

    /// <summary>Why <see cref="OptedIn"/> last changed.</summary>
    public string? OptReason { get; init; }

    /// <summary>Who changed <see cref="OptedIn"/>: <c>api</c>, <c>reply</c>, <c>erasure</c> (<see cref="KeptSuppression"/>) or the host's word.</summary>
    public string? OptSource { get; init; }

    /// <summary>True while nobody may write to the person.</summary>
    public bool Blocked { get; init; }

    /// <summary>Why it was blocked or unblocked last.</summary>
    public string? BlockReason { get; init; }

    /// <summary>When <see cref="Blocked"/> last changed; null if never.</summary>
    public DateTimeOffset? BlockChangedAt { get; init; }

    /// <summary>When it was deleted (softly); null while it is not. A deleted contact is never sent to.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything of it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether it may be written to, whatever the automation says about opt-outs.</summary>
    public ContactSuppression Suppression =>
        DeletedAt is not null ? ContactSuppression.Deleted
        : Blocked ? ContactSuppression.Blocked
        : OptedIn ? ContactSuppression.None
        : ContactSuppression.OptedOut;
}
