using System.Collections.Concurrent;
using FlowDispatch.Sending;

namespace FlowDispatch.Testing.Sending;

/// <summary>A sender that keeps what it is given and answers as it is told. Safe for many threads.</summary>
/// <param name="capabilities">What the engine may rely on; receipts by default.</param>
public sealed class RecordingSender(SenderCapabilities capabilities = SenderCapabilities.Receipts) : IMessageSender
{
    private readonly ConcurrentQueue<OutgoingMessage> _messages = new();
    private int _active;
    private int _mostActive;

    /// <inheritdoc />
    public SenderCapabilities Capabilities { get; } = capabilities;

    /// <summary>Everything handed over so far, in the order it came.</summary>
    public IReadOnlyList<OutgoingMessage> Messages => [.. _messages];

    /// <summary>The most messages that were in its hands at once.</summary>
    public int MostActive => Volatile.Read(ref _mostActive);

    /// <summary>What it answers; by default it accepts, with <c>message-{attempt id}</c>.</summary>
    public Func<OutgoingMessage, CancellationToken, Task<SendResult>> Answer { get; set; } = (message, _) => Task.FromResult(Accept(message));

    /// <summary>The default answer to a message.</summary>
    public static SendResult Accept(OutgoingMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new SendResult.Accepted($"message-{message.AttemptId}");
    }

    /// <inheritdoc />
    public async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        _messages.Enqueue(message);
        var active = Interlocked.Increment(ref _active);
        int most;
        while ((most = Volatile.Read(ref _mostActive)) < active && Interlocked.CompareExchange(ref _mostActive, active, most) != most)
        {
            // Another thread raised it meanwhile; look again.
        }

        try
        {
            return await Answer(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }
}
