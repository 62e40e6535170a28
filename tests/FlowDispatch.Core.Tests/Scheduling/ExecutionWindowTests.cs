using System.Globalization;
using CsCheck;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Tests.Scheduling;

public sealed class ExecutionWindowTests
{
    private static readonly TimeZoneInfo[] Zones =
    [
        .. new[]
        {
            "UTC", "America/Sao_Paulo", "America/New_York", "America/St_Johns", "America/Santiago", "America/Havana", "Europe/Berlin", "Europe/Dublin",
            "Africa/Cairo", "Africa/Casablanca", "Asia/Beirut", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney",
            "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
        }.Select(Zone),
    ];

    [Theory]
    [InlineData("09:00", "18:00", "2026-03-02T08:59:59.9999999Z", "2026-03-02T09:00:00Z")]
    [InlineData("09:00", "18:00", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z")]
    [InlineData("09:00", "18:00", "2026-03-02T18:00:00Z", "2026-03-03T09:00:00Z")]
    [InlineData("22:00", "06:00", "2026-03-02T21:59:00Z", "2026-03-02T22:00:00Z")]
    [InlineData("22:00", "06:00", "2026-03-03T05:59:59Z", "2026-03-03T05:59:59Z")]
    [InlineData("22:00", "06:00", "2026-03-03T06:00:00Z", "2026-03-03T22:00:00Z")]
    [InlineData("00:00", "06:00", "2026-12-31T06:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("18:00", "00:00", "2026-03-02T00:00:00Z", "2026-03-02T18:00:00Z")]
    public void It_opens_at_its_start_every_day_also_where_it_spans_midnight(string start, string end, string now, string opens) =>
        Assert.Equal(At(opens), Window(start, end).NextOpening(At(now), TimeZoneInfo.Utc));

    [Theory]

    // The clock goes from 02:00 to 03:00: what starts in the gap opens behind it, and a window that lies in it has no opening that day.
    [InlineData("America/New_York", "02:30", "05:00", "2026-03-08T05:00Z", "2026-03-08T07:00Z", "2026-03-08T09:00Z")]
    [InlineData("America/New_York", "02:10", "02:40", "2026-03-08T05:00Z", "2026-03-09T06:10Z", "2026-03-09T06:40Z")]
    [InlineData("America/New_York", "01:00", "02:30", "2026-03-08T05:00Z", "2026-03-08T06:00Z", "2026-03-08T07:00Z")]

    // The clock goes from 02:00 back to 01:00: an hour that occurs twice is open twice.
    [InlineData("America/New_York", "01:30", "01:45", "2026-11-01T05:00Z", "2026-11-01T05:30Z", "2026-11-01T05:45Z")]
    [InlineData("America/New_York", "01:30", "01:45", "2026-11-01T05:45Z", "2026-11-01T06:30Z", "2026-11-01T06:45Z")]
    [InlineData("America/New_York", "00:30", "01:30", "2026-11-01T05:30Z", "2026-11-01T06:00Z", "2026-11-01T06:30Z")]
    [InlineData("America/New_York", "01:30", "03:00", "2026-11-01T06:00Z", "2026-11-01T06:30Z", "2026-11-01T08:00Z")]

    // A night of seven and one of nine hours.
    [InlineData("Europe/Berlin", "22:00", "06:00", "2026-03-28T12:00Z", "2026-03-28T21:00Z", "2026-03-29T04:00Z")]
    [InlineData("Europe/Berlin", "22:00", "06:00", "2026-10-24T12:00Z", "2026-10-24T20:00Z", "2026-10-25T05:00Z")]

    // South of the equator, and by half an hour.
    [InlineData("Australia/Sydney", "02:30", "04:00", "2026-10-03T12:00Z", "2026-10-03T16:00Z", "2026-10-03T17:00Z")]
    [InlineData("Australia/Lord_Howe", "02:15", "03:00", "2026-10-03T12:00Z", "2026-10-03T15:30Z", "2026-10-03T16:00Z")]
    [InlineData("Australia/Lord_Howe", "01:40", "01:50", "2026-04-04T14:50Z", "2026-04-04T15:10Z", "2026-04-04T15:20Z")]

    // Midnight does not exist: the day begins at one.
    [InlineData("America/Santiago", "00:00", "06:00", "2026-09-05T20:00Z", "2026-09-06T04:00Z", "2026-09-06T09:00Z")]
    [InlineData("America/Santiago", "00:00", "00:30", "2026-09-05T20:00Z", "2026-09-07T03:00Z", "2026-09-07T03:30Z")]
    [InlineData("America/Sao_Paulo", "00:00", "01:00", "2018-11-03T12:00Z", "2018-11-05T02:00Z", "2018-11-05T03:00Z")]

    // No daylight saving, any more or at all, and a whole day that never was.
    [InlineData("America/Sao_Paulo", "09:00", "18:00", "2026-11-22T02:00Z", "2026-11-22T12:00Z", "2026-11-22T21:00Z")]
    [InlineData("Asia/Kathmandu", "09:00", "18:00", "2026-03-02T02:00Z", "2026-03-02T03:15Z", "2026-03-02T12:15Z")]
    [InlineData("Pacific/Apia", "09:00", "10:00", "2011-12-29T21:00Z", "2011-12-30T19:00Z", "2011-12-30T20:00Z")]
    public void It_follows_the_wall_clock_where_the_clock_is_set(string zone, string start, string end, string now, string opens, string closes)
    {
        var window = Window(start, end);

        var opening = window.NextOpening(At(now), Zone(zone));

        Assert.Equal(At(opens), opening);
        Assert.Equal(At(closes), window.NextClosing(opening, Zone(zone)));
    }

    [Fact]
    public void The_next_opening_is_open_and_nothing_open_lies_before_it() => Moments.Sample(
        (moment) =>
        {
            var (window, zone, now) = moment;
            var opening = window.NextOpening(now, zone);
            var closing = window.NextClosing(now, zone);

            Assert.True(IsOpen(window, zone, opening) && !IsOpen(window, zone, closing));
            Assert.True(opening == now || closing == now);
            for (var at = now; at < opening; at = at.AddMinutes(1))
            {
                Assert.False(IsOpen(window, zone, at), $"Open at {at:O} already.");
            }

            for (var at = now; at < closing; at = at.AddMinutes(1))
            {
                Assert.True(IsOpen(window, zone, at), $"Closed at {at:O} already.");
            }
        },
        iter: 3_000);

    /// <summary>Windows of whole minutes, at minutes that lie near a change of the clock more often than chance would have it.</summary>
    private static Gen<(ExecutionWindow Window, TimeZoneInfo Zone, DateTimeOffset Now)> Moments =>
        from zone in Gen.Int[0, Zones.Length - 1].Select(i => Zones[i])
        from start in Gen.Int[0, 1_439]
        from length in Gen.Frequency((2, Gen.Int[1, 90]), (1, Gen.Int[1, 1_439]))
        from hour in Gen.Int[0, 5 * 365 * 24]
        from near in Gen.Bool
        from minutes in Gen.Int[-1_600, 200]
        let somewhen = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour)
        select (
            new ExecutionWindow(Minute(start), Minute((start + length) % 1_440)),
            zone,
            near ? ChangeAfter(somewhen, zone).AddMinutes(minutes) : somewhen.AddMinutes(minutes));

    private static DateTimeOffset ChangeAfter(DateTimeOffset at, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(at);
        for (var hours = 0; hours < 400 * 24; hours++)
        {
            var next = at.AddHours(hours);
            if (zone.GetUtcOffset(next) != offset)
            {
                return next;
            }
        }

        return at;
    }

    private static bool IsOpen(ExecutionWindow window, TimeZoneInfo zone, DateTimeOffset at) =>
        window.Contains(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime));

    private static TimeOnly Minute(int ofDay) => new(ofDay / 60, ofDay % 60);

    private static ExecutionWindow Window(string start, string end) =>
        new(TimeOnly.Parse(start, CultureInfo.InvariantCulture), TimeOnly.Parse(end, CultureInfo.InvariantCulture));

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
