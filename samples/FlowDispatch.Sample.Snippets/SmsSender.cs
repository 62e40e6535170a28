using FlowDispatch.Sending;

namespace FlowDispatch.Sample.Snippets;

// <sender>
public sealed class SmsSender(IHttpClientFactory clients) : IMessageSender
{
    // This gateway drops a second message with a reference it has seen: a lost answer may be sent again.
    public SenderCapabilities Capabilities => SenderCapabilities.IdempotentSends;

    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        if (message.Content is not MessageContent.Text text)
        {
            return new SendResult.Rejected("unsupported", "An SMS carries text only.");
        }

        var sms = new { from = message.Channel.ProviderId, to = "+" + message.To, text = text.Body, reference = message.AttemptId.ToString() };
        using var answer = await clients.CreateClient("sms").PostAsJsonAsync("messages", sms, cancellationToken);
        return (int)answer.StatusCode switch
        {
            202 => new SendResult.Accepted(message.AttemptId.ToString()),
            429 => new SendResult.Throttled("429", TimeSpan.FromSeconds(5)),
            >= 500 => new SendResult.Failed("busy", "The gateway is busy."),
            _ => new SendResult.Rejected("refused", "The gateway refused the message."),
        };
    }
}
// </sender>
