namespace FlowDispatch.EntityFramework.Contacts;

internal sealed class ContactEntity
{
    public required string OrganizationId { get; set; }

    public Guid Id { get; set; }

    public required string Number { get; set; }

    public string? Name { get; set; }

    public string? Email { get; set; }

    public List<string> Tags { get; set; } = [];

    public required string CustomFields { get; set; }

    public string? Language { get; set; }

    public string? TimeZone { get; set; }

    public bool OptedIn { get; set; }

    public DateTimeOffset? OptChangedAt { get; set; }

    public string? OptReason { get; set; }

    public string? OptSource { get; set; }

    public bool Blocked { get; set; }

    public string? BlockReason { get; set; }

    public DateTimeOffset? BlockChangedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}
