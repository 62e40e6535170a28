using FlowDispatch.Channels;
using FlowDispatch.Recipients;

namespace FlowDispatch.Sending;

/// <summary>One message of one attempt, ready to be handed over.</summary>
public sealed record OutgoingMessage
{
    /// <summary>The attempt; goes to the provider so that its receipts can name it.</summary>
    public required AttemptId AttemptId { get; init; }

    /// <summary>The identity to send from.</summary>
    public required Channel Channel { get; init; }

    /// <summary>The recipient's number as E.164 digits without <c>+</c>.</summary>
    public required string To { get; init; }

    /// <summary>What to say.</summary>
    public required MessageContent Content { get; init; }
}
