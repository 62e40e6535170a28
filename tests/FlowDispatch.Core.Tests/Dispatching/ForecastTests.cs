using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>What a preview foretells, held against what the engine then does. The clock stands at 12:00 UTC on a Sunday in November.</summary>
public sealed class ForecastTests
{
    private const string Berlin = "4915112345";
    private const string London = "4474001234";
    private const string Praia = "23899123";

    [Theory]
    [InlineData(100, null, 150)]
    [InlineData(3_600, null, 1_500)]
    [InlineData(18_000, null, 3_000)]
    [InlineData(1_000_000, null, 5_000)]
    [InlineData(null, 10, 2_000)]
    [InlineData(null, 80, 5_000)]
    [InlineData(3_600, 10, 600)]
    [InlineData(72_000, 10, 2_000)]
    [InlineData(1_000_000, 10, 2_000)]
    public async Task A_rate_alone(int? perHour, int? perSecond, int people) => await AssertForetoldAsync(
        s => s with { RateLimitPerHour = perHour }, perSecond, (Berlin, people));

    [Theory]
    [InlineData("09:00", "12:20", 600, 300)]
    [InlineData("12:30", "12:50", 3_600, 1_000)]
    [InlineData("12:45", "02:00", 18_000, 2_000)]
    [InlineData("23:00", "12:10", 3_600, 700)]
    public async Task A_window_of_the_automation(string from, string until, int rate, int people) => await AssertForetoldAsync(
        s => s with { RateLimitPerHour = rate, Window = Window(from, until), ExecutionTimeZone = "UTC" }, null, (Berlin, people));

    [Theory]
    [InlineData("13:00", "14:30", 600, 500, 400, 300)]
    [InlineData("13:00", "13:20", 3_600, 300, 600, 1_100)]
    [InlineData("12:00", "13:00", 18_000, 1_000, 1_000, 1_000)]
    [InlineData("22:00", "14:00", 600, 300, 300, 300)]
    public async Task A_window_in_each_recipients_zone(string from, string until, int rate, int berlin, int london, int praia) => await AssertForetoldAsync(
        s => s with { RateLimitPerHour = rate, Window = Window(from, until), WindowTimeZoneMode = WindowTimeZoneMode.Recipient, ExecutionTimeZone = "UTC" },
        null,
        (Berlin, berlin),
        (London, london),
        (Praia, praia));

    [Fact]
    public async Task Those_who_will_expire() => await AssertForetoldAsync(
        s => s with { RateLimitPerHour = 3_600, ExpiresAfter = TimeSpan.FromMinutes(10) }, null, (Berlin, 1_000));

    [Fact]
    public async Task Those_who_wait_for_a_frequency_cap()
    {
        await using var host = new EngineHost();
        var people = await PeopleAsync(host, (Berlin, 200));
        var node = await host.StartAsync();
        var first = await host.AutomationAsync(node, EngineHost.SettingsFor(people, s => s with { RateLimitPerHour = 3_600, FrequencyCap = new(1, TimeSpan.FromHours(1)) }));
        await host.UntilAsync(await host.LaunchAsync(node, first), ExecutionStatus.Completed);

        var again = await host.AutomationAsync(node, first.Settings with { RateLimitPerHour = 7_200 });
        await AssertForetoldAsync(host, again);
    }

    private static async Task AssertForetoldAsync(Func<AutomationSettings, AutomationSettings> settings, int? perSecond, params (string Numbers, int Count)[] people)
    {
        await using var host = new EngineHost(perSecond: perSecond);
        var contacts = await PeopleAsync(host, people);
        host.Climate.Interleaved = 0;
        var node = await host.StartAsync(EngineHost.Idle);
        await host.StartAsync(EngineHost.Idle);
        await AssertForetoldAsync(host, await host.AutomationAsync(node, EngineHost.SettingsFor(contacts, settings)));
    }

    private static async Task AssertForetoldAsync(EngineHost host, Automation automation)
    {
        var node = host.Nodes[0];
        var foretold = (await host.AskAsync<ExecutionPreviewer, ExecutionPreview>(node, p => p.PreviewAsync(automation, 1, EngineHost.Cancellation))).Forecast;
        var started = host.Clock.GetUtcNow();
        var execution = await host.LaunchAsync(node, automation);
        var midway = started + ((foretold.FinishesAt!.Value - started) / 2);
        await host.UntilAsync(() => host.Clock.GetUtcNow() >= midway, TimeSpan.FromDays(3));
        var half = await host.ReadAsync(execution);
        var foretoldAgain = await host.AskAsync<ExecutionForecaster, DateTimeOffset?>(node, f => f.FinishAsync(half, EngineHost.Cancellation));
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromDays(3));

        var ended = await host.ReadAsync(execution);
        var took = ended.CompletedAt!.Value - started;
        var sent = host.HandedOver.Where(h => h.Message.AttemptId.Recipient.ExecutionNumber == execution.Number).Select(h => h.At).ToList();
        AssertNear(foretold.FinishesAt!.Value, TimeSpan.FromSeconds(2));
        AssertNear(Assert.NotNull(foretoldAgain), TimeSpan.FromMinutes(1)); // who waits on their own is counted by the minute
        Assert.Equal((foretold.Messages, foretold.Expired), (ended.Counters.Sent, ended.Counters.Skipped));
        Assert.InRange((sent[0] - foretold.FirstMessageAt!.Value).TotalSeconds, -1, 1);
        AssertHours(foretold, sent);
        await host.AssertConsistentAsync(execution);

        // Within five in a hundred of the whole time, and even of the time in which messages really left.
        void AssertNear(DateTimeOffset at, TimeSpan unit)
        {
            var sending = sent.Select(t => (long)(t - started).TotalMinutes).Distinct().Count();
            var most = TimeSpan.FromMinutes(Math.Min(took.TotalMinutes, sending)) * 0.05;
            Assert.InRange(at, ended.CompletedAt.Value - most - unit, ended.CompletedAt.Value + most + unit);
        }
    }

    // In each hour as many as foretold, but for those at its edges.
    private static void AssertHours(Forecast foretold, List<DateTimeOffset> sent)
    {
        var hours = sent.CountBy(at => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerHour))).ToDictionary();
        Assert.All(foretold.Hours, hour => Assert.InRange(hours.GetValueOrDefault(hour.Hour), (0.9 * hour.Messages) - 5, (1.1 * hour.Messages) + 5));
    }

    private static async Task<Contact[]> PeopleAsync(EngineHost host, params (string Numbers, int Count)[] people)
    {
        var contacts = new List<Contact>();
        foreach (var chunk in people.SelectMany(p => Enumerable.Range(0, p.Count).Select(i => $"{p.Numbers}{i:0000}")).Chunk(1_000))
        {
            var made = await host.Store.Contacts.UpsertAsync(
                EngineHost.Organization, [.. chunk.Select(n => new ContactUpsert { WhatsAppId = n, Name = "Someone" })], ContactUpdateMode.Fill, revive: false, EngineHost.Cancellation);
            contacts.AddRange(made.Select(m => m.Contact));
        }

        // As a list has them: in no order that windows or zones would follow.
        return [.. contacts.OrderBy(_ => host.World.Chance.Next())];
    }

    private static ExecutionWindow Window(string from, string until) =>
        new(TimeOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture));
}
