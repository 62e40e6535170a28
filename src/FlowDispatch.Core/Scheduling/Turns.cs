namespace FlowDispatch.Scheduling;

/// <summary>When the turn of each comes who waits in the queue, for people of one zone: the forecast of <see cref="Forecaster"/> for one after the other.</summary>
/// <remarks>
/// A run goes on in stretches, from an opening of the window until it closes; in each people follow each other at the pace.
/// The stretches are found once, as far as somebody was asked about, so that asking for a million people costs no more than that.
/// </remarks>
/// <param name="hours">When messages may leave.</param>
/// <param name="timeZone">The zone of those who are asked about; null when unknown.</param>
/// <param name="each">The time that each takes: the pace, times the messages of a person.</param>
/// <param name="now">When the first may leave at the earliest.</param>
internal sealed class Turns(SendingHours hours, string? timeZone, TimeSpan each, DateTimeOffset now)
{
    // Whoever waits longer needs no date.
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(3_660);

    private readonly List<(long First, DateTimeOffset At)> _stretches = [];
    private readonly DateTimeOffset _end = now + Horizon;
    private long _placed;
    private DateTimeOffset _next = now;
    private bool _expires;

    /// <summary>The instant of a turn; null where it is more than about ten years away, or where the run expires before.</summary>
    /// <param name="ahead">How many go before, 0 or more.</param>
    /// <param name="expires">Whether the run expires before.</param>
    public DateTimeOffset? Find(long ahead, out bool expires)
    {
        while (_placed <= ahead && !_expires && _next < _end)
        {
            Extend();
        }

        expires = _placed <= ahead && _expires;
        if (_placed <= ahead)
        {
            return null;
        }

        var at = _stretches.BinarySearch((ahead, DateTimeOffset.MaxValue));
        var (first, start) = _stretches[at < 0 ? ~at - 1 : at];
        return start + (each * (ahead - first));
    }

    private void Extend()
    {
        switch (hours.Decide(timeZone, _next))
        {
            case GateDecision.Wait wait:
                _next = wait.Until;
                break;
            case GateDecision.Never:
                _expires = true;
                break;
            default:
                var closing = hours.Window?.NextClosing(_next, hours.ZoneOf(timeZone)!) ?? DateTimeOffset.MaxValue;
                closing = hours.Deadline is { } deadline && deadline < closing ? deadline : closing;
                var until = closing < _end ? closing : _end;
                var room = Math.Max(1, (long)Math.Ceiling((until - _next).Ticks / (double)each.Ticks));
                _stretches.Add((_placed, _next));
                _placed += room;
                _next += each * room;
                break;
        }
    }
}
