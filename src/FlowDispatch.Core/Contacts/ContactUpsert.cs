namespace FlowDispatch.Contacts;

/// <summary>A contact to create, or to bring up to date where its number is known already.</summary>
public sealed record ContactUpsert
{
    /// <summary>The number as E.164 digits; the key.</summary>
    public required string WhatsAppId { get; init; }

    /// <summary>Full name; null leaves what is there.</summary>
    public string? Name { get; init; }

    /// <summary>E-mail; null leaves what is there.</summary>
    public string? Email { get; init; }

    /// <summary>Language; null leaves what is there.</summary>
    public string? Language { get; init; }

    /// <summary>Time zone; null leaves what is there.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Tags to add; null leaves what is there.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Custom fields to merge by key; null leaves what is there.</summary>
    public IReadOnlyDictionary<string, object?>? CustomFields { get; init; }

    /// <summary>Opt-in state for a contact that is new; null means opted in. A known contact keeps its own.</summary>
    public bool? OptedIn { get; init; }
}
