using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Limits;
using FlowDispatch.Recipients;

namespace FlowDispatch.Scheduling;

/// <summary>How fast messages of a run may follow each other.</summary>
/// <param name="Hour">The least time between two under the automation's hourly limit; zero without one.</param>
/// <param name="Second">The least time between two under the channel's rate; zero without one.</param>
internal readonly record struct SendingPace(TimeSpan Hour, TimeSpan Second)
{
    /// <summary>The least time between two under both; zero where nothing limits.</summary>
    public TimeSpan Spacing => Hour > Second ? Hour : Second;

    /// <summary>The limit that is felt, a code of <see cref="ReasonCodes"/>; null where nothing limits.</summary>
    public string? Reason =>
        Spacing == TimeSpan.Zero ? null
        : Hour >= Second ? ReasonCodes.RateLimit
        : ReasonCodes.ChannelRate;

    /// <summary>The pace that the engine's permits give.</summary>
    public static SendingPace Of(AutomationSettings settings, Channel? channel) => new(
        settings.RateLimitPerHour is { } perHour ? (TimeSpan.FromHours(1) + PermitPocket.HourValidity) / perHour : TimeSpan.Zero,
        channel?.MessagesPerSecond is { } perSecond ? (TimeSpan.FromSeconds(1) + PermitPocket.SecondValidity) / perSecond : TimeSpan.Zero);
}
