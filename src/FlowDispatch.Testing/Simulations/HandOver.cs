using FlowDispatch.Sending;
using FlowDispatch.Tracking;

namespace FlowDispatch.Testing.Simulations;

/// <summary>One message put into the provider's hands, and all that is true of it.</summary>
internal sealed class HandOver(SimulatedNode node, OutgoingMessage message, DateTimeOffset at, TimeSpan clockOffset)
{
    private readonly Dictionary<ReceiptStatus, DateTimeOffset> _acknowledged = [];

    public SimulatedNode Node { get; } = node;

    public OutgoingMessage Message { get; } = message;

    public DateTimeOffset At { get; } = at;

    /// <summary>By how much the node's clock was ahead.</summary>
    public TimeSpan ClockOffset { get; } = clockOffset;

    /// <summary>What it says: the node of the flow it stands for.</summary>
    public string Step { get; } = ((MessageContent.Text)message.Content).Body.Split('|')[0];

    public string? MessageId { get; set; }

    /// <summary>When the provider took it, as a new message; null when it did not.</summary>
    public DateTimeOffset? TakenAt { get; set; }

    /// <summary>When the provider found out that it can't be delivered.</summary>
    public DateTimeOffset? FailsAt { get; set; }

    /// <summary>True once the sender gave it back, in whatever way.</summary>
    public bool IsOver { get; set; }

    /// <summary>What the node was told; null where that was never.</summary>
    public SendResult? Result { get; private set; }

    public DateTimeOffset AnsweredAt { get; private set; }

    public IReadOnlyDictionary<ReceiptStatus, DateTimeOffset> Acknowledged => _acknowledged;

    public SendResult Answer(DateTimeOffset at, SendResult result)
    {
        Result = result;
        AnsweredAt = at;
        return result;
    }

    public void Acknowledge(ReceiptStatus status, DateTimeOffset at) => _acknowledged.TryAdd(status, at);
}
