using FlowDispatch.Testing.Time;

namespace FlowDispatch.Core.Tests.Time;

public sealed class ManualClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly ManualClock _clock = new(Start);
    private readonly List<string> _fired = [];

    [Fact]
    public void It_moves_only_when_it_is_told_and_shows_universal_time()
    {
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.FromHours(-3)));
        var stamp = clock.GetTimestamp();
        Assert.Equal((Start, TimeSpan.Zero), (clock.GetUtcNow(), clock.GetUtcNow().Offset));

        clock.Advance(TimeSpan.FromMilliseconds(1.5));

        Assert.Equal(Start.AddMilliseconds(1.5), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), clock.GetElapsedTime(stamp));
        Assert.Equal(TimeZoneInfo.Utc, clock.LocalTimeZone);
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_instants_each_at_its_own()
    {
        Set("late", 3);
        Set("early", 1);
        Set("never", 10);
        Set("middle", 2);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["early at 1", "middle at 2", "late at 3"], _fired);
        Assert.Equal(Start.AddSeconds(5), _clock.GetUtcNow());
    }

    [Fact]
    public void Timers_of_one_instant_fire_in_the_order_in_which_they_were_set()
    {
        var first = Set("first", 2);
        Set("second", 2);
        Set("third", 2);

        // Set anew, it is the last of them.
        first.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["second at 2", "third at 2", "first at 2"], _fired);
    }

    [Fact]
    public void What_is_due_at_once_waits_until_the_clock_is_moved_even_by_nothing()
    {
        Set("now", 0);
        Assert.Empty(_fired);

        _clock.Advance(TimeSpan.Zero);

        Assert.Equal(["now at 0"], _fired);
    }

    [Fact]
    public void A_period_fires_again_and_again_at_its_instants()
    {
        Set("tick", 1, period: 2);
        Set("once", 3);

        _clock.Advance(TimeSpan.FromSeconds(5.5));

        // What falls due together goes by when it was set, and the period was set anew at its first tick.
        Assert.Equal(["tick at 1", "once at 3", "tick at 3", "tick at 5"], _fired);
    }

    [Fact]
    public void A_timer_can_set_itself_anew_while_it_fires()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                Note("again");
                timer!.Change(TimeSpan.FromSeconds(_fired.Count), Timeout.InfiniteTimeSpan);
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(["again at 1", "again at 2", "again at 4", "again at 7"], _fired);
    }

    [Fact]
    public void A_timer_disposed_of_while_it_fires_does_not_fire_again()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                Note("tick");
                if (_fired.Count == 2)
                {
                    timer!.Dispose();
                }
            },
            null,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1));

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["tick at 1", "tick at 2"], _fired);
    }

    [Fact]
    public void One_timer_can_put_off_or_call_off_another_that_is_due_at_the_same_instant()
    {
        ITimer? putOff = null, calledOff = null;
        _clock.CreateTimer(
            _ =>
            {
                Note("first");
                putOff!.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
                calledOff!.Dispose();
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);
        putOff = Set("put off", 1);
        calledOff = Set("called off", 1);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["first at 1", "put off at 2"], _fired);
    }

    [Fact]
    public void A_timer_set_by_another_fires_in_the_same_move_if_it_falls_into_it()
    {
        _clock.CreateTimer(
            _ =>
            {
                Note("first");
                Set("at once", 0);
                Set("soon", 1);
                Set("too late", 4);
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(["first at 1", "at once at 1", "soon at 2"], _fired);
    }

    [Fact]
    public void A_timer_without_an_instant_waits_to_be_given_one()
    {
        var timer = _clock.CreateTimer(_ => Note("given"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(_fired);

        Assert.True(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["given at 86401"], _fired);
    }

    [Fact]
    public async Task A_timer_that_was_disposed_of_can_not_be_set_again()
    {
        var timer = Set("gone", 1);
        await timer.DisposeAsync();

        Assert.False(timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(_fired);
    }

    [Fact]
    public void A_delay_goes_on_on_the_thread_that_moves_the_clock()
    {
        var thread = 0;
        _ = GoOnAsync();

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Environment.CurrentManagedThreadId, thread);

        async Task GoOnAsync()
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _clock, TestContext.Current.CancellationToken).ConfigureAwait(false);
            thread = Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void What_a_timer_throws_reaches_whoever_moves_the_clock()
    {
        _clock.CreateTimer(_ => throw new InvalidOperationException("Broken."), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        Assert.Throws<InvalidOperationException>(() => _clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(-2, -1)]
    [InlineData(1, -2)]
    public void Times_that_no_timer_has_are_refused(int due, int period) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.CreateTimer(_ => { }, null, TimeSpan.FromMilliseconds(due), TimeSpan.FromMilliseconds(period)));

    private ITimer Set(string name, int seconds, int? period = null) => _clock.CreateTimer(
        _ => Note(name), null, TimeSpan.FromSeconds(seconds), period is { } every ? TimeSpan.FromSeconds(every) : Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name} at {(_clock.GetUtcNow() - Start).TotalSeconds}");
}
