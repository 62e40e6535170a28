using CsCheck;
using FlowDispatch.Limits;

namespace FlowDispatch.Tests.Limits;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Spacing = TimeSpan.FromTicks(12_345);

    [Fact]
    public void A_bucket_that_was_never_throttled_goes_at_the_spacing_asked() =>
        Assert.Equal([Start, Start + Spacing, Start + (2 * Spacing)], default(Pace).Grant(null, Spacing, 3, TimeSpan.FromHours(1), Start).Permits);

    [Theory]
    [InlineData(0, 20_000)]
    [InlineData(1_000, 18_182)]
    [InlineData(5_000, 13_334)]
    [InlineData(9_000, 10_527)]
    [InlineData(10_000, 10_000)]
    [InlineData(1_000_000, 10_000)]
    public void Half_the_pace_comes_back_by_a_twentieth_of_the_full_one_each_second(int millisecondsAfter, int ticks)
    {
        var hold = Start.AddSeconds(3);
        var pace = default(Pace).Throttled(hold, Start);

        Assert.Equal(TimeSpan.FromTicks(ticks), Gap(pace, hold.AddMilliseconds(millisecondsAfter), TimeSpan.FromTicks(10_000)));
    }

    [Fact]
    public void Throttled_again_it_has_half_of_what_it_had_and_never_less_than_a_sixteenth()
    {
        var pace = default(Pace);
        var now = Start;
        var gaps = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            pace = pace.Throttled(now.AddSeconds(1), now);
            now = pace.HeldUntil;
            gaps.Add(Gap(pace, now, TimeSpan.FromTicks(100)).Ticks);
        }

        Assert.Equal([200, 400, 800, 1_600, 1_600, 1_600], gaps);
        Assert.Equal(now.AddSeconds(18.75), pace.FullAt);
    }

    [Fact]
    public void While_a_hold_lasts_a_further_answer_makes_it_longer_and_not_slower()
    {
        var once = default(Pace).Throttled(Start.AddSeconds(3), Start);

        Assert.Equal(once, once.Throttled(Start.AddSeconds(2), Start.AddSeconds(1)));
        Assert.Equal(default(Pace).Throttled(Start.AddSeconds(8), Start), once.Throttled(Start.AddSeconds(8), Start.AddSeconds(2.9)));
    }

    [Fact]
    public void Whatever_throttles_come_no_permit_is_early_and_the_full_pace_returns() => Gen.Select(Acts, Gen.Long[1, TimeSpan.TicksPerHour]).Sample(
        (acts, ticks) =>
        {
            var spacing = TimeSpan.FromTicks(ticks);
            var (pace, now, last) = (default(Pace), Start, (DateTimeOffset?)null);
            foreach (var (wait, hold, count) in acts)
            {
                now += wait;
                var before = pace;
                pace = hold is { } time ? pace.Throttled(now + time, now) : pace;
                Assert.True(pace.FullAt >= pace.HeldUntil && pace.FullAt <= pace.HeldUntil.AddSeconds(18.75));
                Assert.True(pace.HeldUntil >= before.HeldUntil && pace.FullAt >= before.FullAt);

                var grant = pace.Grant(last, spacing, count, TimeSpan.FromMinutes(5), now);
                List<DateTimeOffset> instants = [.. grant.Permits, grant.NextAt];
                Assert.True(instants[0] >= now && instants[0] >= pace.HeldUntil);
                Assert.True(last is not { } previous || instants[0] - previous >= spacing);
                Assert.True(instants[0] == now || instants[0] == pace.HeldUntil || instants[0] - last <= 16 * spacing);

                // Without a new throttle it only gets faster.
                var gaps = instants.Zip(instants.Skip(1), (one, next) => next - one).ToList();
                Assert.All(gaps, gap => Assert.InRange(gap, spacing, 16 * spacing));
                Assert.Equal(gaps.OrderDescending(), gaps);
                last = grant.Permits.Count > 0 ? grant.Permits[^1] : last;
            }

            Assert.Equal(spacing, Gap(pace, pace.FullAt > now ? pace.FullAt : now, spacing));
        },
        iter: 2_000);

    private static Gen<(TimeSpan Wait, TimeSpan? Hold, int Count)[]> Acts { get; } = Gen.Select(
        Gen.OneOf(Gen.Const(0L), Gen.Long[0, TimeSpan.TicksPerSecond], Gen.Long[0, 60 * TimeSpan.TicksPerSecond]).Select(TimeSpan.FromTicks),
        Gen.OneOf(Gen.Const((TimeSpan?)null), Gen.Long[-TimeSpan.TicksPerSecond, 30 * TimeSpan.TicksPerSecond].Select(t => (TimeSpan?)TimeSpan.FromTicks(t))),
        Gen.Int[1, 20]).Array[1, 30];

    private static TimeSpan Gap(Pace pace, DateTimeOffset at, TimeSpan spacing)
    {
        var permits = pace.Grant(null, spacing, 2, TimeSpan.FromHours(100), at).Permits;
        return permits[1] - permits[0];
    }
}
