using System.Globalization;
using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>What a template prints is the template's and the contact's matter: nothing of the machine or thread it runs on gets in.</summary>
[Collection(nameof(HostIndependenceTests))]
[CollectionDefinition(nameof(HostIndependenceTests), DisableParallelization = true)] // the time zone is the whole process's
public sealed class HostIndependenceTests
{
    private const int Seeds = 500;

    private const string Dates =
        "{{ 'now' | date: '%c %x %X %B %A %p %z' }} {{ 0 | date: '%F %T %z' }} {{ '2026-03-29' | date: '%s %z' }} {{ '2026-07-05T10:00:00Z' | date: '%H:%M %Z' }} {{ 1.5 | times: 3 }} {{ 'İiIı ß' | upcase }} {{ 'İiIı' | downcase }} {{ 'é😀' | url_encode }} {{ 'é😀' | base64_encode }}";

    [Theory]
    [InlineData("tr-TR", "Asia/Tokyo")]
    [InlineData("ar-SA", "America/St_Johns")]
    [InlineData("fa-IR", "Pacific/Kiritimati")]
    [InlineData("th-TH", "Europe/London")]
    [InlineData("de-DE", "America/Sao_Paulo")]
    public void Neither_culture_nor_time_zone_of_the_host_changes_a_text(string culture, string zone)
    {
        var expected = Texts();

        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture, Environment.GetEnvironmentVariable("TZ"));
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            Environment.SetEnvironmentVariable("TZ", zone);
            TimeZoneInfo.ClearCachedData();
            Assert.Equal(zone, TimeZoneInfo.Local.Id);

            Assert.Equal(expected, Texts());
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture, var variable) = before;
            Environment.SetEnvironmentVariable("TZ", variable);
            TimeZoneInfo.ClearCachedData();
        }
    }

    private static List<string> Texts()
    {
        var engine = Some.Engine();
        return
        [
            .. Enumerable.Range(0, Seeds).Select(seed => new TemplateGenerator(seed)).Select(g => Text(engine, g.Template(), g.Scope())),
            Text(engine, Dates, Some.Scope()),
            Text(engine, Dates, Some.Scope(Some.Contact() with { TimeZone = null, Language = null })),
            Text(engine, "{% for i in (1..2) %}" + Dates + "{% endfor %}", Some.Scope(Some.Contact() with { Language = "ar-SA", TimeZone = "Asia/Riyadh" })),
        ];
    }

    private static string Text(ITemplateEngine engine, string template, VariableScope scope)
    {
        try
        {
            return engine.Parse(template).Render(scope.ToVariables());
        }
        catch (Exception e) when (e is TemplateRenderException or TemplateSyntaxException)
        {
            return e.Message;
        }
    }
}
