namespace FlowDispatch.Channels;

/// <summary>How a channel fares, as far as the store knows.</summary>
/// <param name="Status">In a word.</param>
/// <param name="HeldUntil">With <see cref="ChannelStatus.Held"/>: nothing is sent before, by the store's clock.</param>
/// <param name="Reason">With <see cref="ChannelStatus.Refused"/>: what the provider said.</param>
public sealed record ChannelHealth(ChannelStatus Status, DateTimeOffset? HeldUntil = null, string? Reason = null)
{
    /// <summary>Nothing is known against it.</summary>
    public static ChannelHealth Ok { get; } = new(ChannelStatus.Ok);
}
