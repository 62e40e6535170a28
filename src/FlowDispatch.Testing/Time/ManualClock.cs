namespace FlowDispatch.Testing.Time;

/// <summary>A clock that only moves when it is told, and fires the timers it passes in their order. Not for several threads at once.</summary>
/// <remarks>Timers that fall due together fire in the order in which they were set. What they wake runs on the thread that moves the clock.</remarks>
/// <param name="start">What it shows at first.</param>
public sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<Timer, (long At, long Sequence)> _timers = new();
    private readonly DateTimeOffset _start = start.ToUniversalTime();
    private long _elapsed;
    private long _sequence;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(_elapsed);

    /// <inheritdoc />
    public override long GetTimestamp() => _elapsed;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on by <paramref name="time"/>, firing every timer on the way at its own instant.</summary>
    /// <param name="time">Zero or more; zero fires what is due now.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var until = _elapsed + time.Ticks;
        while (FireNext(until))
        {
        }

        _elapsed = until;
    }

    /// <summary>Moves to the next timer that falls due until <paramref name="until"/> and fires it; false when there is none.</summary>
    internal bool FireNext(long until)
    {
        while (_timers.TryPeek(out var timer, out var due) && due.At <= until)
        {
            _timers.Dequeue();
            if (timer.IsSetFor(due))
            {
                _elapsed = Math.Max(_elapsed, due.At);
                timer.Fire();
                return true;
            }
        }

        return false;
    }

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        private (long At, long Sequence)? _due;
        private TimeSpan _period;
        private bool _disposed;

        public bool IsSetFor((long, long) due) => _due == due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // As the framework's timers do: whole milliseconds, of which -1 is never.
            ArgumentOutOfRangeException.ThrowIfLessThan((long)dueTime.TotalMilliseconds, -1, nameof(dueTime));
            ArgumentOutOfRangeException.ThrowIfLessThan((long)period.TotalMilliseconds, -1, nameof(period));
            if (_disposed)
            {
                return false;
            }

            _period = period;
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : (clock._elapsed + dueTime.Ticks, clock._sequence++);
            if (_due is { } due)
            {
                clock._timers.Enqueue(this, due);
            }

            return true;
        }

        public void Fire()
        {
            Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);
            fire();
        }

        public void Dispose()
        {
            _due = null;
            _disposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
