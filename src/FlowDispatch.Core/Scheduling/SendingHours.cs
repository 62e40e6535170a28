using FlowDispatch.Automations;
using FlowDispatch.Recipients;

namespace FlowDispatch.Scheduling;

/// <summary>When first messages of a run may leave: within its window, read in the zone that holds for the recipient, and before it expires. Pure.</summary>
/// <remarks>Gate, forecast, explanation and the outlook of a resume ask this and nothing else, which is what makes them agree.</remarks>
internal sealed class SendingHours
{
    private readonly TimeZoneInfo _zone;
    private readonly bool _skipsUnknown;

    /// <param name="settings">The automation's.</param>
    /// <param name="startedAt">When the execution was made; its lifetime begins there.</param>
    public SendingHours(AutomationSettings settings, DateTimeOffset startedAt)
    {
        _zone = LocalTime.FindZone(settings.ExecutionTimeZone) ?? TimeZoneInfo.Utc;
        _skipsUnknown = settings.UnknownTimeZone == UnknownTimeZonePolicy.Skip;
        Window = settings.Window;
        ByRecipient = settings is { Window: not null, WindowTimeZoneMode: WindowTimeZoneMode.Recipient };
        Deadline = settings.ExpiresAfter is { } lifetime ? startedAt + lifetime : null;
    }

    /// <summary>The window; null for always.</summary>
    public ExecutionWindow? Window { get; }

    /// <summary>True where each recipient's own clock is read.</summary>
    public bool ByRecipient { get; }

    /// <summary>From when on nobody is sent a first message any more; null for never.</summary>
    public DateTimeOffset? Deadline { get; }

    /// <summary>Where the window is read for a recipient; null where that is unknown and such people are skipped.</summary>
    /// <param name="timeZone">The recipient's IANA zone; null when unknown.</param>
    public TimeZoneInfo? ZoneOf(string? timeZone) =>
        !ByRecipient ? _zone : LocalTime.FindZone(timeZone) ?? (_skipsUnknown ? null : _zone);

    /// <summary>Whether a first message to somebody in this zone may leave at <paramref name="at"/>; null where it may.</summary>
    /// <remarks>Who could go only after the run has expired waits no longer than until then.</remarks>
    public GateDecision? Decide(string? timeZone, DateTimeOffset at)
    {
        if (at >= Deadline)
        {
            return new GateDecision.Never(ReasonCodes.Expired, "It was not sent before the automation's expires_after ended.");
        }

        if (Window is null)
        {
            return null;
        }

        if (ZoneOf(timeZone) is not { } zone)
        {
            return new GateDecision.Never(ReasonCodes.UnknownTimeZone, "The contact's time zone is unknown.");
        }

        var opening = Window.NextOpening(at, zone);
        return opening > at ? new GateDecision.Wait(opening > Deadline ? Deadline.Value : opening, ReasonCodes.OutsideWindow) : null;
    }

    /// <summary>When anybody at all can be decided about; <paramref name="now"/> where the window is open or each recipient's own clock decides.</summary>
    public DateTimeOffset OpensAt(DateTimeOffset now) =>
        !ByRecipient && Decide(timeZone: null, now) is GateDecision.Wait wait ? wait.Until : now;
}
