using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Tests.Scheduling;

public sealed class ForecastTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly AutomationSettings Settings = new() { Name = "a", FlowId = default, ChannelId = "c" };

    private static readonly Channel Channel = new() { Id = "c", OrganizationId = "o", Kind = "k", ProviderId = "p" };

    [Theory]
    [InlineData(3601, null, 1)]
    [InlineData(null, 11, 0.1)]
    [InlineData(3601, 11, 1)]
    [InlineData(360_100, 11, 0.1)]
    [InlineData(null, null, 0)]
    public void The_slower_of_both_rates_sets_the_pace(int? perHour, int? perSecond, double seconds)
    {
        var spacing = Forecast.Spacing(Settings with { RateLimitPerHour = perHour }, Channel with { MessagesPerSecond = perSecond });

        Assert.Equal(TimeSpan.FromSeconds(seconds), spacing);
    }

    [Theory]
    [InlineData(0, "2026-03-02T12:00:00Z")]
    [InlineData(1, "2026-03-02T12:00:00Z")]
    [InlineData(61, "2026-03-02T13:00:00Z")]
    public void Without_a_window_messages_follow_each_other(int messages, string finish)
    {
        Assert.Equal(At(finish), Forecast.Finish(Noon, messages, TimeSpan.FromMinutes(1), window: null, TimeZoneInfo.Utc));
    }

    [Theory]
    [InlineData("13:00", "14:00", 60, "2026-03-02T13:59:00Z")]
    [InlineData("13:00", "14:00", 61, "2026-03-03T13:00:00Z")]
    [InlineData("11:30", "12:30", 31, "2026-03-03T11:30:00Z")]
    [InlineData("23:00", "01:00", 120, "2026-03-03T00:59:00Z")]
    [InlineData("23:00", "01:00", 121, "2026-03-03T23:00:00Z")]
    public void What_does_not_fit_one_window_leaves_in_the_next(string start, string end, int messages, string finish)
    {
        var window = new ExecutionWindow(TimeOnly.Parse(start, null), TimeOnly.Parse(end, null));

        Assert.Equal(At(finish), Forecast.Finish(Noon, messages, TimeSpan.FromMinutes(1), window, TimeZoneInfo.Utc));
    }

    [Fact]
    public void A_window_shortened_by_daylight_saving_holds_less()
    {
        // In New York 02:00 is skipped on 8 March 2026: from 01:00 to 04:00 only two hours pass.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var window = new ExecutionWindow(new TimeOnly(1, 0), new TimeOnly(4, 0));
        var from = new DateTimeOffset(2026, 3, 8, 5, 0, 0, TimeSpan.Zero);

        Assert.Equal(At("2026-03-08T07:59:00Z"), Forecast.Finish(from, 120, TimeSpan.FromMinutes(1), window, zone));
        Assert.Equal(At("2026-03-09T05:00:00Z"), Forecast.Finish(from, 121, TimeSpan.FromMinutes(1), window, zone));
    }

    [Fact]
    public void Beyond_ten_years_there_is_no_date()
    {
        Assert.Null(Forecast.Finish(Noon, long.MaxValue, TimeSpan.FromHours(1), window: null, TimeZoneInfo.Utc));
        Assert.Null(Forecast.Finish(Noon, 10_000_000, TimeSpan.FromHours(1), new ExecutionWindow(new TimeOnly(9, 0), new TimeOnly(18, 0)), TimeZoneInfo.Utc));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
