using FlowDispatch.Contacts;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Tests.Contacts;

public sealed class CountryTimeZonesTests
{
    private const string Database = "/usr/share/zoneinfo/zone.tab";

    [Theory]
    [InlineData("4915112345678", "Europe/Berlin")]
    [InlineData("33612345678", "Europe/Paris")]
    [InlineData("817012345678", "Asia/Tokyo")]
    [InlineData("5491123456789", "America/Argentina/Buenos_Aires")]
    [InlineData("919812345678", "Asia/Kolkata")]
    public void A_country_with_one_time_tells_it(string digits, string zone) => Assert.Equal(zone, CountryTimeZones.Find(digits));

    [Theory]
    [InlineData("5511988888888")]
    [InlineData("12125551234")]
    [InlineData("351912345678")]
    [InlineData("34612345678")]
    [InlineData("79161234567")]
    [InlineData("61412345678")]
    [InlineData("525512345678")]
    public void A_country_with_several_times_tells_none(string digits) => Assert.Null(CountryTimeZones.Find(digits));

    [Theory]
    [InlineData("77011234567", "Asia/Almaty")]
    [InlineData("18765551234", "America/Jamaica")]
    [InlineData("447911123456", "Europe/London")]
    public void A_shared_country_code_is_told_apart_by_the_number(string digits, string zone) => Assert.Equal(zone, CountryTimeZones.Find(digits));

    [Fact]
    public void A_range_that_no_country_is_known_for_has_the_time_of_all_that_share_its_code_or_none()
    {
        Assert.Equal("Europe/Helsinki", CountryTimeZones.Find("35812345678"));
        Assert.Null(CountryTimeZones.Find("15555555555"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("999123456789")]
    public void No_number_tells_none(string digits) => Assert.Null(CountryTimeZones.Find(digits));

    [Fact]
    public void The_table_agrees_with_the_time_zone_database()
    {
        Assert.SkipUnless(File.Exists(Database), "Windows keeps no zone.tab.");
        var countries = File.ReadLines(Database)
            .Where(l => !l.StartsWith('#'))
            .Select(l => l.Split('\t'))
            .GroupBy(l => l[0], l => l[2])
            .Where(c => PhoneNumberPlan.IsRegion(c.Key))
            .ToDictionary(c => c.Key, c => c.ToList());

        Assert.Equal(
            countries.Where(c => c.Value.Select(Times).Distinct(StringComparer.Ordinal).Count() == 1).Select(c => c.Key).Order(),
            CountryTimeZones.All.Keys.Order());
        Assert.All(CountryTimeZones.All, c => Assert.Equal(Times(countries[c.Key][0]), Times(c.Value)));
    }

    // What its clocks show, every six hours of three years.
    private static string Times(string id)
    {
        var zone = LocalTime.FindZone(id)!;
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return string.Join(' ', Enumerable.Range(0, 3 * 365 * 4).Select(i => zone.GetUtcOffset(start.AddHours(6 * i)).TotalMinutes));
    }
}
