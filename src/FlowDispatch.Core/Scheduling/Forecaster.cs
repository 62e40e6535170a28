using FlowDispatch.Recipients;

namespace FlowDispatch.Scheduling;

/// <summary>Plays a run through as the engine would take it: who is due on their own goes first, then the others in the audience's order, at one shared pace, each in the hours of their own zone.</summary>
/// <remarks>
/// People are told apart only by what makes a difference (zone, number of messages, when they are due), so a million of
/// them cost no more than a few. What only the run itself can show is left out: failures and retries, how long senders
/// take, replies, and other runs on the same limits.
/// </remarks>
internal sealed class Forecaster(SendingHours hours, TimeSpan spacing)
{
    // Windows of that many days are looked through; whoever waits longer needs no date.
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(3_660);

    // Keeps a forecast over hundreds of zones within a moment.
    private const int MostTurns = 100_000;

    private readonly SortedDictionary<(DateTimeOffset At, Kind Kind), long> _due = new(Comparer<(DateTimeOffset At, Kind Kind)>.Create(Compare));
    private readonly SortedDictionary<Kind, long> _queued = new(Comparer<Kind>.Create(Kind.Compare));
    private readonly List<long> _hours = [];
    private DateTimeOffset? _first;
    private DateTimeOffset? _last;
    private long _messages;
    private long _expired;
    private bool _truncated;

    /// <summary>Adds people who wait for their turn.</summary>
    /// <param name="timeZone">Their zone; null when unknown.</param>
    /// <param name="people">How many.</param>
    /// <param name="messagesEach">What each will be sent, at least 1; the first obeys the window and the others follow it.</param>
    /// <param name="dueAt">From when on, where they wait on their own; null for those in the queue.</param>
    public void Add(string? timeZone, long people, int messagesEach, DateTimeOffset? dueAt = null)
    {
        var kind = new Kind(hours.ByRecipient ? timeZone ?? "" : "", messagesEach);
        if (dueAt is { } at)
        {
            Wait(at, kind, people);
        }
        else
        {
            _queued[kind] = _queued.GetValueOrDefault(kind) + people;
        }
    }

    /// <summary>Plays it through.</summary>
    /// <param name="from">When the first may leave at the earliest.</param>
    public Forecast Run(DateTimeOffset from)
    {
        var now = from;
        var end = from + Horizon;
        var turns = 0;
        for (; now < end && turns < MostTurns && _due.Count + _queued.Count > 0; turns++)
        {
            if (_due.Count > 0 && _due.First() is var ((at, kind), people) && (at <= now || _queued.Count == 0))
            {
                _due.Remove((at, kind));
                now = at > now ? at : now;
                now = Serve(kind, people, now, end);
            }
            else
            {
                now = ServeQueue(now, end);
            }
        }

        var left = _due.Select(d => (d.Key.Kind, People: d.Value)).Concat(_queued.Select(q => (Kind: q.Key, People: q.Value))).ToList();
        return new()
        {
            Messages = _messages + left.Sum(l => l.People * l.Kind.Messages),
            Expired = _expired,
            FirstMessageAt = _first,
            FinishesAt = left.Count > 0 ? null : _last < from ? from : _last,
            Hours = [.. _hours.Select((messages, i) => new ForecastHour(HourOf(_first!.Value).AddHours(i), messages))],
            HoursTruncated = _truncated || (left.Count > 0 && _first is not null),
        };
    }

    private DateTimeOffset Serve(Kind kind, long people, DateTimeOffset now, DateTimeOffset end)
    {
        switch (hours.Decide(kind.Zone, now))
        {
            case GateDecision.Wait wait:
                Wait(wait.Until, kind, people);
                return now;
            case GateDecision.Never never:
                Drop(never, people);
                return now;
        }

        var served = Math.Min(people, Room(now, Earlier(Closing(kind, now), end), kind.Messages));
        if (served < people)
        {
            // The next finds the window closed and is put off then, as the engine does.
            Wait(now, kind, people - served);
        }

        return Leave(served * kind.Messages, now);
    }

    private DateTimeOffset ServeQueue(DateTimeOffset now, DateTimeOffset end)
    {
        var open = new List<Kind>();
        var closed = new List<(Kind Kind, DateTimeOffset Until)>();
        var until = _due.Count > 0 ? Earlier(end, _due.First().Key.At) : end;
        foreach (var kind in _queued.Keys.ToList())
        {
            switch (hours.Decide(kind.Zone, now))
            {
                case GateDecision.Wait wait:
                    closed.Add((kind, wait.Until));
                    until = Earlier(until, wait.Until);
                    break;
                case GateDecision.Never never:
                    _queued.Remove(kind, out var dropped);
                    Drop(never, dropped);
                    break;
                default:
                    open.Add(kind);
                    until = Earlier(until, Closing(kind, now));
                    break;
            }
        }

        // In the order of the audience all zones are mixed: while some are served, as large a part of the others is met and put off.
        var here = open.Sum(k => _queued[k]);
        var served = here == 0 ? 0 : Math.Min(here, Room(now, until, open.Sum(k => (double)_queued[k] * k.Messages) / here));
        var part = here == 0 ? 1 : (double)served / here;
        foreach (var (kind, reopening) in closed)
        {
            Wait(reopening, kind, Take(kind, (long)Math.Ceiling(_queued[kind] * part)));
        }

        var messages = 0L;
        foreach (var kind in open)
        {
            var share = (long)Math.Ceiling((double)served * _queued[kind] / here);
            here -= _queued[kind];
            share = Take(kind, Math.Min(share, served));
            served -= share;
            messages += share * kind.Messages;
        }

        return Leave(messages, now);
    }

    private DateTimeOffset Leave(long messages, DateTimeOffset now)
    {
        if (messages == 0)
        {
            return now;
        }

        _first ??= now;
        _messages += messages;
        _last = now + (spacing * (messages - 1));
        for (var (sent, at) = (0L, now); sent < messages;)
        {
            var hour = (int)((HourOf(at) - HourOf(_first.Value)) / TimeSpan.FromHours(1));
            while (_hours.Count <= hour && _hours.Count < Forecast.MaxHours)
            {
                _hours.Add(0);
            }

            if (hour >= Forecast.MaxHours)
            {
                _truncated = true;
                break;
            }

            var count = Math.Min(messages - sent, Room(at, HourOf(at).AddHours(1), 1));
            _hours[hour] += count;
            sent += count;
            at += spacing * count;
        }

        return now + (spacing * messages);
    }

    /// <summary>How many can begin from <paramref name="now"/> until before <paramref name="until"/>.</summary>
    private long Room(DateTimeOffset now, DateTimeOffset until, double messagesEach) =>
        spacing == TimeSpan.Zero ? long.MaxValue : (long)Math.Ceiling((until - now).Ticks / (spacing.Ticks * messagesEach));

    private DateTimeOffset Closing(Kind kind, DateTimeOffset now)
    {
        var closing = hours.Window?.NextClosing(now, hours.ZoneOf(kind.Zone)!) ?? DateTimeOffset.MaxValue;
        return hours.Deadline is { } deadline ? Earlier(closing, deadline) : closing;
    }

    // Who expires is over and done with at the deadline, however far away the next permit would have been.
    private void Drop(GateDecision.Never reason, long people)
    {
        if (reason.Code == ReasonCodes.Expired && hours.Deadline is { } deadline)
        {
            _expired += people;
            _last = _last > deadline ? _last : deadline;
        }
    }

    private void Wait(DateTimeOffset until, Kind kind, long people)
    {
        if (people > 0)
        {
            _due[(until, kind)] = _due.GetValueOrDefault((until, kind)) + people;
        }
    }

    private long Take(Kind kind, long people)
    {
        if (_queued[kind] == people)
        {
            _queued.Remove(kind);
        }
        else
        {
            _queued[kind] -= people;
        }

        return people;
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static int Compare((DateTimeOffset At, Kind Kind) left, (DateTimeOffset At, Kind Kind) right) =>
        left.At != right.At ? left.At.CompareTo(right.At) : Kind.Compare(left.Kind, right.Kind);

    /// <summary>People of one zone with as many messages each.</summary>
    private readonly record struct Kind(string Zone, int Messages)
    {
        public static int Compare(Kind left, Kind right) =>
            left.Messages != right.Messages ? left.Messages.CompareTo(right.Messages) : string.CompareOrdinal(left.Zone, right.Zone);
    }
}
