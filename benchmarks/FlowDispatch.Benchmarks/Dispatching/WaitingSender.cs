using FlowDispatch.Sending;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>Takes every message after so long; at once where that is nothing.</summary>
internal sealed class WaitingSender(SenderLatency latency, TimeProvider time) : IMessageSender
{
    public SenderCapabilities Capabilities => SenderCapabilities.Receipts;

    public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default) =>
        latency.Value == TimeSpan.Zero ? Task.FromResult<SendResult>(Accept(message)) : WaitAsync(message, cancellationToken);

    private static SendResult.Accepted Accept(OutgoingMessage message) => new SendResult.Accepted(message.AttemptId.ToString());

    private async Task<SendResult> WaitAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        await Task.Delay(latency.Value, time, cancellationToken);
        return Accept(message);
    }
}

/// <summary>How long the sender takes for a message.</summary>
internal sealed record SenderLatency(TimeSpan Value);
