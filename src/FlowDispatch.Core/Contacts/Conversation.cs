namespace FlowDispatch.Contacts;

/// <summary>An unbroken conversation of a person on a channel: from <paramref name="Since"/> on, less than 24 hours lay between any two messages that the person wrote.</summary>
/// <remarks>So it was open at every instant from the first of them until 24 hours after the last, and at none before.</remarks>
/// <param name="Since">When the first of its messages was written.</param>
/// <param name="At">When the last one was.</param>
public readonly record struct Conversation(DateTimeOffset Since, DateTimeOffset At)
{
    /// <summary>How long a person may be written to freely after they wrote: 24 hours, the customer service window of WhatsApp.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromHours(24);

    /// <summary>Whether the person could be written to freely at <paramref name="instant"/>.</summary>
    public bool IsOpenAt(DateTimeOffset instant) => Since <= instant && instant < At + Length;

    /// <summary>What it is when another message is known; one from an earlier conversation changes nothing.</summary>
    /// <param name="at">When that was written, in whatever order they are told.</param>
    public Conversation With(DateTimeOffset at) => new(
        at >= At + Length || (at < Since && Since < at + Length) ? at : Since,
        at > At ? at : At);
}
