using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Tests.Scheduling;

public sealed class ForecasterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly AutomationSettings Settings = new() { Name = "a", FlowId = default, ChannelId = "c", ExecutionTimeZone = "UTC" };

    private static readonly Channel Channel = new() { Id = "c", OrganizationId = "o", Kind = "k", ProviderId = "p" };

    [Theory]
    [InlineData(3601, null, 1, ReasonCodes.RateLimit)]
    [InlineData(null, 11, 0.1, ReasonCodes.ChannelRate)]
    [InlineData(3601, 11, 1, ReasonCodes.RateLimit)]
    [InlineData(360_100, 11, 0.1, ReasonCodes.ChannelRate)]
    [InlineData(null, null, 0, null)]
    public void The_slower_of_both_rates_sets_the_pace(int? perHour, int? perSecond, double seconds, string? reason)
    {
        var pace = SendingPace.Of(Settings with { RateLimitPerHour = perHour }, Channel with { MessagesPerSecond = perSecond });

        Assert.Equal((TimeSpan.FromSeconds(seconds), reason), (pace.Spacing, pace.Reason));
    }

    [Fact]
    public void Nobody_needs_no_time()
    {
        var forecast = Forecaster(Settings).Run(Noon);

        Assert.Equal((0, null, null), (forecast.Messages, forecast.FirstMessageAt, forecast.FinishesAt));
        Assert.Empty(forecast.Hours);
    }

    [Theory]
    [InlineData(1, "2026-03-02T12:00Z")]
    [InlineData(61, "2026-03-02T13:00Z")]
    public void Without_a_window_messages_follow_each_other(int people, string finish) => Assert.Equal(At(finish), Finish(Settings, people));

    [Theory]
    [InlineData("13:00", "14:00", 60, "2026-03-02T13:59Z")]
    [InlineData("13:00", "14:00", 61, "2026-03-03T13:00Z")]
    [InlineData("11:30", "12:30", 31, "2026-03-03T11:30Z")]
    [InlineData("23:00", "01:00", 120, "2026-03-03T00:59Z")]
    [InlineData("23:00", "01:00", 121, "2026-03-03T23:00Z")]
    public void What_does_not_fit_one_window_leaves_in_the_next(string start, string end, int people, string finish) =>
        Assert.Equal(At(finish), Finish(Settings with { Window = Window(start, end) }, people));

    [Fact]
    public void A_hundred_an_hour_started_two_minutes_before_closing_sends_four_that_day()
    {
        var forecaster = Forecaster(Settings with { Window = Window("09:00", "18:00") }, TimeSpan.FromSeconds(36.01));
        forecaster.Add(null, 6, 1);

        var forecast = forecaster.Run(At("2026-03-02T17:58Z"));

        Assert.Equal(At("2026-03-03T09:00:36.01Z"), forecast.FinishesAt);
        Assert.Equal(17, forecast.Hours.Count);
        Assert.Equal([new(At("2026-03-02T17:00Z"), 4), new(At("2026-03-03T09:00Z"), 2)], forecast.Hours.Where(h => h.Messages > 0));
    }

    [Fact]
    public void A_window_shortened_by_daylight_saving_holds_less()
    {
        // In New York 02:00 is skipped on 8 March 2026: from 01:00 to 04:00 only two hours pass.
        var settings = Settings with { Window = Window("01:00", "04:00"), ExecutionTimeZone = "America/New_York" };

        Assert.Equal(At("2026-03-08T07:59Z"), Finish(settings, 120, At("2026-03-08T05:00Z")));
        Assert.Equal(At("2026-03-09T05:00Z"), Finish(settings, 121, At("2026-03-08T05:00Z")));
    }

    [Fact]
    public void Each_zone_is_sent_to_in_its_own_hours_at_one_shared_pace()
    {
        // At 12:00 UTC it is 09:00 in São Paulo and 21:00 in Tokyo, whose morning begins at 00:00 UTC.
        var forecaster = Forecaster(ByRecipient(Window("09:00", "18:00")));
        forecaster.Add("America/Sao_Paulo", 100, 1);
        forecaster.Add("Asia/Tokyo", 600, 1);

        var forecast = forecaster.Run(Noon);

        Assert.Equal(At("2026-03-04T00:59Z"), forecast.FinishesAt);
        Assert.Equal(60, forecast.Hours[0].Messages);
        Assert.Equal(40, forecast.Hours[1].Messages);
        Assert.Equal(0, forecast.Hours[2].Messages);
        Assert.Equal(700, forecast.Hours.Sum(h => h.Messages));
    }

    [Fact]
    public void Who_does_not_fit_the_day_of_their_zone_waits_for_its_next_while_others_have_theirs()
    {
        var forecaster = Forecaster(ByRecipient(Window("09:00", "18:00")));
        forecaster.Add("America/Sao_Paulo", 600, 1);
        forecaster.Add("Asia/Tokyo", 60, 1);

        var forecast = forecaster.Run(Noon);

        Assert.Equal(At("2026-03-03T12:59Z"), forecast.FinishesAt);
        Assert.Equal(60, forecast.Hours.Single(h => h.Hour == At("2026-03-03T00:00Z")).Messages);
    }

    [Theory]
    [InlineData(UnknownTimeZonePolicy.Automation, 10, 0)]
    [InlineData(UnknownTimeZonePolicy.Skip, 0, 0)]
    public void Whose_zone_is_unknown_goes_by_the_automations_or_not_at_all(UnknownTimeZonePolicy policy, int messages, int expired)
    {
        var forecaster = Forecaster(ByRecipient(Window("12:00", "13:00")) with { UnknownTimeZone = policy });
        forecaster.Add(null, 10, 1);

        var forecast = forecaster.Run(Noon);

        Assert.Equal((messages, expired), (forecast.Messages, forecast.Expired));
    }

    [Fact]
    public void Whose_turn_comes_after_the_run_has_expired_is_foreseen_as_such()
    {
        var queue = Forecaster(Settings with { ExpiresAfter = TimeSpan.FromMinutes(10) });
        queue.Add(null, 25, 1);
        var closed = Forecaster(Settings with { ExpiresAfter = TimeSpan.FromMinutes(10), Window = Window("13:00", "14:00") });
        closed.Add(null, 25, 1);

        var late = queue.Run(Noon);
        var never = closed.Run(Noon);

        Assert.Equal((10, 15, Noon.AddMinutes(10)), (late.Messages, late.Expired, late.FinishesAt));
        Assert.Equal((0, 25, Noon.AddMinutes(10)), (never.Messages, never.Expired, never.FinishesAt));

        var slow = Forecaster(Settings with { ExpiresAfter = TimeSpan.FromMinutes(10) }, TimeSpan.FromHours(1));
        slow.Add(null, 2, 1);
        Assert.Equal(Noon.AddMinutes(10), slow.Run(Noon).FinishesAt);
    }

    [Fact]
    public void Who_waits_on_their_own_is_sent_to_no_sooner()
    {
        var forecaster = Forecaster(Settings);
        forecaster.Add(null, 5, 1);
        forecaster.Add(null, 2, 1, Noon.AddHours(3));

        var forecast = forecaster.Run(Noon);

        Assert.Equal(Noon.AddHours(3).AddMinutes(1), forecast.FinishesAt);
        Assert.Equal([5, 0, 0, 2], forecast.Hours.Select(h => h.Messages));
    }

    [Fact]
    public void Further_messages_of_a_person_take_permits_and_no_window()
    {
        var forecaster = Forecaster(Settings with { Window = Window("12:00", "12:05") });
        forecaster.Add(null, 2, 3);

        Assert.Equal(Noon.AddMinutes(5), forecaster.Run(Noon).FinishesAt);
    }

    [Fact]
    public void Without_limits_everybody_is_sent_to_as_the_window_opens()
    {
        var forecaster = Forecaster(Settings with { Window = Window("13:00", "14:00") }, TimeSpan.Zero);
        forecaster.Add(null, 1_000_000, 1);

        var forecast = forecaster.Run(Noon);

        Assert.Equal(Noon.AddHours(1), forecast.FinishesAt);
        Assert.Equal([new(Noon.AddHours(1), 1_000_000)], forecast.Hours);
    }

    [Fact]
    public void A_week_is_told_by_the_hour_and_the_rest_is_cut()
    {
        var forecaster = Forecaster(Settings);
        forecaster.Add(null, 200 * 60, 1);

        var forecast = forecaster.Run(Noon);

        Assert.Equal((168, true), (forecast.Hours.Count, forecast.HoursTruncated));
        Assert.All(forecast.Hours, h => Assert.Equal(60, h.Messages));
    }

    [Fact]
    public void Beyond_ten_years_there_is_no_date()
    {
        var forecaster = Forecaster(Settings with { Window = Window("09:00", "18:00") }, TimeSpan.FromHours(1));
        forecaster.Add(null, 10_000_000, 1);

        var forecast = forecaster.Run(Noon);

        Assert.Null(forecast.FinishesAt);
        Assert.Equal(10_000_000, forecast.Messages);
    }

    [Fact]
    public void Many_zones_and_a_million_people_are_foreseen_at_once()
    {
        var forecaster = Forecaster(ByRecipient(Window("09:00", "18:00")), TimeSpan.FromSeconds(3.601));
        var zones = TimeZoneInfo.GetSystemTimeZones();
        foreach (var zone in zones)
        {
            forecaster.Add(zone.Id, 1_000_000 / zones.Count, 1);
        }

        var forecast = forecaster.Run(Noon);

        // Somewhere it is always day, so the pace is what limits: 3.6 million seconds, but for the last zone's nights.
        Assert.InRange((forecast.FinishesAt!.Value - Noon).TotalDays, 41, 43);
        Assert.Equal(1_000_000 / zones.Count * zones.Count, forecast.Messages);
    }

    private static AutomationSettings ByRecipient(ExecutionWindow window) => Settings with { Window = window, WindowTimeZoneMode = WindowTimeZoneMode.Recipient };

    private static DateTimeOffset? Finish(AutomationSettings settings, int people, DateTimeOffset? from = null)
    {
        var forecaster = Forecaster(settings);
        forecaster.Add(null, people, 1);
        return forecaster.Run(from ?? Noon).FinishesAt;
    }

    private static Forecaster Forecaster(AutomationSettings settings, TimeSpan? spacing = null) => new(new SendingHours(settings, Noon), spacing ?? Minute);

    private static ExecutionWindow Window(string start, string end) =>
        new(TimeOnly.Parse(start, CultureInfo.InvariantCulture), TimeOnly.Parse(end, CultureInfo.InvariantCulture));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
