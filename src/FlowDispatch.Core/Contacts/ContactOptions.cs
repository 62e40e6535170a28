namespace FlowDispatch.Contacts;

/// <summary>How contacts are read.</summary>
public sealed class ContactOptions
{
    /// <summary>
    /// ISO 3166 code of the country whose numbers need no country code, like <c>BR</c>; case is ignored. Default null: every
    /// number must have its country code.
    /// </summary>
    public string? DefaultRegion { get; set; }
}
