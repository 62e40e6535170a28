using System.Globalization;

namespace FlowDispatch.Core.Tests.Templating;

public sealed class DateFilterTests
{
    [Theory]
    [InlineData("'2026-07-05T23:30:00Z' | date: '%d/%m/%Y %H:%M'", "05/07/2026 20:30")]
    [InlineData("'2026-07-05' | date: '%d/%m/%Y'", "05/07/2026")]
    [InlineData("'2026-07-05 09:07' | date: '%-d/%-m/%y %-H:%M %I %p|%e|%k|%j'", "5/7/26 9:07 09 AM| 5| 9|186")]
    [InlineData("'2026-07-05' | date: '%A, %d de %B'", "domingo, 05 de julho")]
    [InlineData("'2026-07-05' | date: '%^A %B'", "DOMINGO julho")]
    [InlineData("'now' | date: '%F %T %z'", "2026-07-29 09:00:00 -0300")]
    [InlineData("0 | date: '%F %R'", "1969-12-31 21:00")]
    [InlineData("'05/07/2026' | date: '%Y'", "05/07/2026")]
    [InlineData("'2026-07-05' | date: '100%% %Q %'", "100% %Q %")]
    [InlineData("'2026-07-05' | date: ''", "2026-07-05")]
    [InlineData("unknown | date: '%Y'", "")]
    public void A_date_is_told_in_the_contacts_zone_and_language(string expression, string expected) =>
        Assert.Equal(expected, Some.Engine().Parse("{{ " + expression + " }}").Render(Some.Scope().ToVariables()));

    [Fact]
    public void Without_a_contact_it_is_told_in_its_own_offset_and_in_english() =>
        Assert.Equal("Sunday 23:30", Some.Rendered("{{ '2026-07-05T23:30:00+02:00' | date: '%A %R' }}"));

    [Theory]
    [InlineData("ar-SA", "Nowhere/Else")]
    [InlineData("th-TH", "")]
    [InlineData("not a language", "America/Sao_Paulo")]
    public void An_odd_language_or_zone_does_no_harm(string language, string zone)
    {
        var contact = Some.Contact() with { Language = language, TimeZone = zone };

        var text = Some.Resolved("{{ '9999-12-31T23:59:59Z' | date: '%Y %B %c %x' }}{{ '0001-01-01T00:00:00Z' | date: '%F' }}", Some.Scope(contact));

        Assert.StartsWith("9999", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfiltered_date_is_iso_8601()
    {
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["utc"] = new DateTimeOffset(2026, 7, 5, 1, 2, 3, TimeSpan.Zero),
            ["local"] = new DateTimeOffset(2026, 7, 5, 1, 2, 3, 500, TimeSpan.FromHours(-3)),
            ["day"] = new DateOnly(2026, 7, 5),
        };

        Assert.Equal(
            "2026-07-05T01:02:03Z 2026-07-05T01:02:03.5-03:00 2026-07-05 [\"2026-07-05T01:02:03Z\"]",
            Some.Engine().Parse("{{utc}} {{local}} {{day}} {% assign l = utc | compact %}{{ l }}").Render(variables));
    }

    [Theory]
    [InlineData("{{ contact.custom_fields.rate }} {{ contact.custom_fields.rate | plus: 0.25 }} {{ 1.5 }}", "1.5 1.75 1.5")]
    [InlineData("{{ contact.custom_fields.rate }}", "1.5")]
    [InlineData("{% if contact.custom_fields.rate > 1.25 and '1.5' == contact.custom_fields.rate %}x{% endif %}", "x")]
    [InlineData("{% assign r = contact.custom_fields.rate | times: 1000000 %}{{ r }} {{ 'i' | upcase }} {{ r | date: '%Y' }}", "1500000 I 1970")]
    public void The_threads_culture_changes_nothing(string template, string expected)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            foreach (var culture in new[] { "pt-BR", "tr-TR", "ar-SA", "" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                Assert.Equal(expected, Some.Resolved(template, Some.Scope(Some.Contact("""{"rate": 1.5}"""))));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
