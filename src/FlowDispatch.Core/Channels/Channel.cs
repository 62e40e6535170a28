namespace FlowDispatch.Channels;

/// <summary>A sending identity of an organization: which sender, which number, which shared rate. Credentials stay with the sender.</summary>
public sealed record Channel
{
    /// <summary>The id that automations name (<c>whatsapp_number_id</c>). No other channel's, of whatever kind and organization: what comes in names it alone.</summary>
    public required string Id { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>The key of its <see cref="Sending.IMessageSender"/>, like <c>whatsapp</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The provider's id of the number; receipts name it.</summary>
    public required string ProviderId { get; init; }

    /// <summary>What operators see.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Most messages in any second, over all nodes; null for no limit.</summary>
    public int? MessagesPerSecond { get; init; }

    /// <summary>True where only templates may open a conversation, and anything else needs a message from the person within 24 hours.</summary>
    public bool HasConversationWindow { get; init; }
}
