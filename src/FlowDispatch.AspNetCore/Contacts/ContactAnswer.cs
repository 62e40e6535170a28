using FlowDispatch.Contacts;

namespace FlowDispatch.AspNetCore.Contacts;

/// <summary>A contact as users see it.</summary>
internal sealed record ContactAnswer(
    Guid Id,
    string WhatsappId,
    string? Name,
    string? Email,
    IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, object?> CustomFields,
    IReadOnlyDictionary<string, object?> Attributes,
    string? Language,
    string? TimeZone,
    bool OptedIn,
    DateTimeOffset? OptChangedAt,
    string? OptReason,
    string? OptSource,
    bool Blocked,
    string? BlockReason,
    DateTimeOffset? BlockChangedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ContactAnswer Of(Contact contact) => new(
        contact.Id.Value,
        contact.WhatsAppId,
        contact.Name,
        contact.Email,
        contact.Tags,
        contact.CustomFields,
        contact.CustomFields,
        contact.Language,
        contact.TimeZone,
        contact.OptedIn,
        contact.OptChangedAt,
        contact.OptReason,
        contact.OptSource,
        contact.Blocked,
        contact.BlockReason,
        contact.BlockChangedAt,
        contact.CreatedAt,
        contact.UpdatedAt);
}
