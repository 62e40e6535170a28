namespace FlowDispatch.Sending;

/// <summary>Hands messages of one channel kind to a provider. Registered under its kind with <c>AddSender</c>.</summary>
/// <remarks>
/// One call is one attempt: a sender never repeats a send by itself, and neither may any layer below it (no retry
/// handler on its HTTP client). The engine retries, within limits, and only when it knows that nothing was taken.
/// </remarks>
public interface IMessageSender
{
    /// <summary>What the engine may rely on when an answer is lost.</summary>
    SenderCapabilities Capabilities { get; }

    /// <summary>Hands one message over and says what became of it.</summary>
    /// <remarks>
    /// Expected outcomes are returned. An exception is taken for <see cref="SendResult.InDoubt"/>, since the provider may
    /// have the message. Safe to call from many threads at once.
    /// </remarks>
    /// <param name="message">What to send, to whom, under which attempt.</param>
    /// <param name="cancellationToken">Ends when the host can wait no longer; an answer lost by it is in doubt.</param>
    Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default);
}
