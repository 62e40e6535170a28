using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Limits;

namespace FlowDispatch.Scheduling;

/// <summary>Says when messages will have left under the limits and the window that hold for them. Pure.</summary>
public static class Forecast
{
    // About ten years of windows; whoever waits longer needs no date.
    private const int MostWindows = 3_660;

    /// <summary>The least time between two messages under the automation's hourly and the channel's rate; zero where neither limits.</summary>
    public static TimeSpan Spacing(AutomationSettings settings, Channel? channel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var hour = settings.RateLimitPerHour is { } perHour ? (TimeSpan.FromHours(1) + PermitPocket.HourValidity) / perHour : TimeSpan.Zero;
        var second = channel?.MessagesPerSecond is { } perSecond ? (TimeSpan.FromSeconds(1) + PermitPocket.SecondValidity) / perSecond : TimeSpan.Zero;
        return hour > second ? hour : second;
    }

    /// <summary>When the last of <paramref name="messages"/> leaves; null when that is more than about ten years away.</summary>
    /// <param name="from">When the first may leave at the earliest.</param>
    /// <param name="messages">How many are to leave; with none it is <paramref name="from"/>.</param>
    /// <param name="spacing">The time between two; zero or more.</param>
    /// <param name="window">When first messages may leave; null for always.</param>
    /// <param name="zone">Where the window is read.</param>
    public static DateTimeOffset? Finish(DateTimeOffset from, long messages, TimeSpan spacing, ExecutionWindow? window, TimeZoneInfo zone)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messages);
        ArgumentOutOfRangeException.ThrowIfLessThan(spacing, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(zone);
        if (messages == 0)
        {
            return from;
        }

        if (window is null)
        {
            return After(from, messages - 1, spacing);
        }

        for (var windows = 0; windows < MostWindows; windows++)
        {
            var opening = window.NextOpening(from, zone);
            var closing = Closing(opening, window, zone);
            var room = spacing == TimeSpan.Zero ? messages : Math.Max(1, (long)Math.Ceiling((closing - opening) / spacing));
            if (messages <= room)
            {
                return After(opening, messages - 1, spacing);
            }

            messages -= room;
            from = closing;
        }

        return null;
    }

    private static DateTimeOffset? After(DateTimeOffset from, long gaps, TimeSpan spacing) =>
        gaps * (double)spacing.Ticks < TimeSpan.FromDays(MostWindows).Ticks ? from + (spacing * gaps) : null;

    private static DateTimeOffset Closing(DateTimeOffset opening, ExecutionWindow window, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(opening, zone).DateTime;
        var day = DateOnly.FromDateTime(local);
        var closing = LocalTime.ToInstant(day.ToDateTime(window.End), zone);

        // It ends on the next day where it spans midnight; the same where daylight saving has pushed the end back.
        return closing > opening ? closing : LocalTime.ToInstant(day.AddDays(1).ToDateTime(window.End), zone);
    }
}
