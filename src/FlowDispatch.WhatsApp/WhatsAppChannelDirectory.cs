using FlowDispatch.Channels;
using Microsoft.Extensions.Options;

namespace FlowDispatch.WhatsApp;

/// <summary>The configured numbers as channels, and the way from a webhook's number back to its channel.</summary>
internal sealed class WhatsAppChannelDirectory(IOptions<WhatsAppOptions> options) : IChannelDirectory
{
    /// <summary>The key of the sender, and the name of the webhook.</summary>
    public const string Kind = "whatsapp";

    public IReadOnlyCollection<Channel> Channels { get; } =
    [
        .. options.Value.Numbers.Select(n => new Channel
        {
            Id = n.Id,
            OrganizationId = n.OrganizationId,
            Kind = Kind,
            ProviderId = n.PhoneNumberId,
            DisplayName = n.DisplayName,
            MessagesPerSecond = n.MessagesPerSecond,
            HasConversationWindow = true,
        }),
    ];
}
