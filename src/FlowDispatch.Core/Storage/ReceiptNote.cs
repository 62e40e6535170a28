namespace FlowDispatch.Storage;

/// <summary>A provider's report about an attempt came in.</summary>
/// <param name="ChannelId">The channel.</param>
/// <param name="ArrivedAt">When, down to a whole <see cref="Step"/>.</param>
/// <param name="AttemptedAt">Not later than the attempt was handed over.</param>
public sealed record ReceiptNote(string ChannelId, DateTimeOffset ArrivedAt, DateTimeOffset AttemptedAt)
{
    /// <summary>5 s: how exactly arrivals are kept, so that they stay few.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromSeconds(5);

    /// <summary>6 hours.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(6);
}
