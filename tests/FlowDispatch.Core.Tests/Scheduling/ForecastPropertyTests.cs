using CsCheck;
using FlowDispatch.Automations;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Tests.Scheduling;

public sealed class ForecastPropertyTests
{
    private static readonly DateTimeOffset Start = new(2026, 10, 20, 7, 13, 0, TimeSpan.Zero);

    // In the days after the start the clocks of the first two go back, and those of the third went forward.
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Tokyo", "America/Sao_Paulo"];

    [Fact]
    public void In_one_zone_it_is_what_sending_one_after_the_other_comes_to() => Runs.Sample(
        run =>
        {
            var settings = run.Settings with { ExecutionTimeZone = Zones[0] };
            var (finish, sent) = OneByOne(settings, run.Spacing, run.People);

            var forecast = Forecast(settings, run.Spacing, (null, run.People));

            Assert.Equal((finish, sent, run.People - sent), (forecast.FinishesAt, forecast.Messages, forecast.Expired));
        },
        iter: 2_000);

    [Fact]
    public void Over_several_zones_nobody_is_lost_and_nothing_leaves_where_all_windows_are_closed() => Runs.Sample(
        run =>
        {
            var settings = run.Settings with { WindowTimeZoneMode = WindowTimeZoneMode.Recipient };
            var groups = Zones.Select((zone, i) => ((string?)zone, run.People * (i + 1) / 5)).ToArray();

            var forecast = Forecast(settings, run.Spacing, groups);

            Assert.Equal(groups.Sum(g => g.Item2), forecast.Messages + forecast.Expired);
            Assert.True(forecast.HoursTruncated ? forecast.Hours.Count == 168 : forecast.Hours.Sum(h => h.Messages) == forecast.Messages);
            Assert.All(forecast.Hours.Where(h => h.Messages > 0), h => Assert.True(h.Messages <= (TimeSpan.FromHours(1) / run.Spacing) + 1 && IsOpenIn(settings.Window, h.Hour)));

            // Sharing one pace, they take no less than each alone and no more than all of them one zone after the other.
            var alone = groups.Select(g => Forecast(settings, run.Spacing, g).FinishesAt ?? Start).ToList();
            Assert.InRange(forecast.FinishesAt ?? Start, alone.Max(), Start + alone.Aggregate(TimeSpan.FromDays(2), (sum, finish) => sum + (finish - Start)));
        },
        iter: 1_000);

    private static Gen<(AutomationSettings Settings, TimeSpan Spacing, int People)> Runs =>
        from start in Gen.Int[0, 95]
        from length in Gen.Int[1, 95]
        from windowed in Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false)))
        from seconds in Gen.Int[5, 4_000]
        from people in Gen.Int[0, 150]
        from lifetime in Gen.Frequency((2, Gen.Const((TimeSpan?)null)), (1, Gen.Int[1, 200].Select(hours => (TimeSpan?)TimeSpan.FromHours(hours))))
        let settings = new AutomationSettings
        {
            Name = "a",
            FlowId = default,
            ChannelId = "c",
            ExpiresAfter = lifetime,
            Window = windowed ? new ExecutionWindow(Quarter(start), Quarter((start + length) % 96)) : null,
        }
        select (settings, TimeSpan.FromSeconds(seconds), people);

    private static (DateTimeOffset? Finish, int Sent) OneByOne(AutomationSettings settings, TimeSpan spacing, int people)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(settings.ExecutionTimeZone);
        var deadline = Start + settings.ExpiresAfter;
        var now = Start;
        DateTimeOffset? last = null;
        for (var sent = 0; sent < people; sent++)
        {
            now = settings.Window?.NextOpening(now, zone) ?? now;
            if (now >= deadline)
            {
                return (deadline, sent);
            }

            last = now;
            now += spacing;
        }

        return (last, people);
    }

    private static bool IsOpenIn(ExecutionWindow? window, DateTimeOffset hour) => window is null || Zones
        .Select(TimeZoneInfo.FindSystemTimeZoneById)
        .Any(zone => Enumerable.Range(0, 4).Any(quarter => window.Contains(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(hour.AddMinutes(15 * quarter), zone).DateTime))));

    private static Forecast Forecast(AutomationSettings settings, TimeSpan spacing, params (string? Zone, int People)[] groups)
    {
        var forecaster = new Forecaster(new SendingHours(settings, Start), spacing);
        foreach (var (zone, people) in groups.Where(g => g.People > 0))
        {
            forecaster.Add(zone, people, 1);
        }

        return forecaster.Run(Start);
    }

    private static TimeOnly Quarter(int ofDay) => new(ofDay / 4, ofDay % 4 * 15);
}
