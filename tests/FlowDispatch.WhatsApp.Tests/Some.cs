using FlowDispatch.Channels;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;

namespace FlowDispatch.WhatsApp.Tests;

internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static AttemptId AttemptId(int number = 1) => new(RecipientId.Create(42, 7, Noon), number);

    public static OutgoingMessage Message(MessageContent? content = null, string channel = "shop", string to = "15550100123") => new()
    {
        AttemptId = AttemptId(),
        Channel = new Channel { Id = channel, OrganizationId = "default", Kind = "whatsapp", ProviderId = Sample.PhoneNumberId },
        To = to,
        Content = content ?? new MessageContent.Text("Hello Dana, your parcel is on its way."),
    };
}
