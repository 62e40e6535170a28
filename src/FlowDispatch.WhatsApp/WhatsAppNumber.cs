namespace FlowDispatch.WhatsApp;

/// <summary>A business number that messages are sent from: one channel.</summary>
public sealed class WhatsAppNumber
{
    /// <summary>The channel's id, as automations name it in <c>whatsapp_number_id</c>. Required, unique.</summary>
    public string Id { get; set; } = "";

    /// <summary>The provider's id of the number, as it stands in request paths and webhooks. Required, digits, unique.</summary>
    public string PhoneNumberId { get; set; } = "";

    /// <summary>The bearer token to send with. Required. A secret: never logged.</summary>
    public string AccessToken { get; set; } = "";

    /// <summary>What operators see; default none.</summary>
    public string? DisplayName { get; set; }

    /// <summary>The tenant that owns the number. Default <c>default</c>.</summary>
    public string OrganizationId { get; set; } = "default";

    /// <summary>
    /// Most messages a second, over all nodes. Default 80, which the provider grants every number; up to 1,000 after its
    /// upgrade, and 20 for a number shared with the phone app.
    /// </summary>
    public int MessagesPerSecond { get; set; } = 80;
}
