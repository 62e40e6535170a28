using System.Text.Json.Serialization;
using FlowDispatch.Recipients;

namespace FlowDispatch.Tracking;

/// <summary>Something a provider told us: a receipt or a message from a person. Kept in the inbox before it is acted on.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Receipt), "receipt")]
[JsonDerivedType(typeof(Reply), "reply")]
public abstract record InboundEvent
{
    private InboundEvent()
    {
    }

    /// <summary>The channel it belongs to (<see cref="Channels.Channel.Id"/>).</summary>
    public required string ChannelId { get; init; }

    /// <summary>When it happened, by the provider's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>A delivery report.</summary>
    public sealed record Receipt : InboundEvent
    {
        /// <summary>The provider's id of our message.</summary>
        public required string ProviderMessageId { get; init; }

        /// <summary>Our attempt id in the form of <see cref="AttemptId.ToString"/>, where the provider brought it back.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public string? AttemptId { get; init; }

        /// <summary>How far the message got.</summary>
        public required ReceiptStatus Status { get; init; }

        /// <summary>With <see cref="ReceiptStatus.Failed"/>: the provider's code.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public string? ErrorCode { get; init; }

        /// <summary>With <see cref="ReceiptStatus.Failed"/>: the reason in words.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public string? ErrorMessage { get; init; }

        /// <summary>With <see cref="ReceiptStatus.Failed"/>: true where another attempt may succeed.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool IsTransient { get; init; }

        /// <summary>With <see cref="ReceiptStatus.Failed"/>: the least wait before another attempt; null leaves it to the backoff. More than 366 days count as so many.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>True where it is a sender's answer that came too late to be recorded: it settles its attempt, and does not show that receipts come in.</summary>
        [JsonInclude]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        internal bool IsAnswer { get; init; }

        /// <summary>The attempt that it names; null where it names none, or not in our form.</summary>
        [JsonIgnore]
        public AttemptId? NamedAttempt => Recipients.AttemptId.TryParse(AttemptId, out var named) ? named : null;
    }

    /// <summary>A message from a person.</summary>
    public sealed record Reply : InboundEvent
    {
        /// <summary>The provider's id of the person's message.</summary>
        public required string ProviderMessageId { get; init; }

        /// <summary>The person's number as the provider writes it, digits only; null where it is withheld.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public string? From { get; init; }

        /// <summary>The provider's id of our message that is answered; null where none is named.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public string? InReplyTo { get; init; }

        /// <summary>What was written or tapped; null for media without words.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public string? Text { get; init; }
    }
}
