using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The whole engine, and what was forecast for it. The clock stands at 12:00 UTC on a Sunday in November.</summary>
public sealed class SendingHoursTests
{
    [Fact]
    public async Task A_hundred_an_hour_started_two_minutes_before_closing_sends_four_that_day_and_goes_on_at_the_opening()
    {
        await using var host = new EngineHost(start: new DateTimeOffset(2026, 11, 22, 17, 58, 0, TimeSpan.Zero));
        host.Climate.Interleaved = 0;
        await host.PeopleAsync(7);
        await host.StartAsync(EngineHost.Idle);
        var settings = EngineHost.Settings(s => s with { RateLimitPerHour = 100, Window = new(new(9, 0), new(18, 0)), ExecutionTimeZone = "UTC" });
        var forecast = Forecast(host, settings, (null, 7));

        var execution = await host.BeginAsync(settings);
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromHours(24));

        var opening = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.Equal(7, times.Count);
        Assert.Equal(4, times.Count(t => t < opening.AddHours(-15)));
        Assert.InRange(times[4], opening, opening.AddSeconds(1));
        Assert.All(times.Take(4).Zip(times.Skip(1).Take(3)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 36.01, 36.02));
        Assert.All(times.Skip(4).Zip(times.Skip(5)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 36.01, 36.02));
        await AssertAsync(host, execution, forecast);
    }

    [Fact]
    public async Task Everybody_is_sent_to_in_the_hours_of_their_own_number()
    {
        await using var host = new EngineHost();
        await PeopleAsync(host, ("4915112345678", null), ("2389912345", null), ("5511912345678", null), ("5511912345679", "Europe/Lisbon"));
        await host.StartAsync();
        var settings = EngineHost.Settings(s => s with
        {
            Window = new(new(12, 0), new(14, 0)),
            WindowTimeZoneMode = WindowTimeZoneMode.Recipient,
            UnknownTimeZone = UnknownTimeZonePolicy.Skip,
        });

        var execution = await host.BeginAsync(settings);
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters is { Sent: 2, Skipped: 1 });

        // Germany is at 13:00, Portugal at 12:00, Cape Verde at 11:00, and Brazil keeps several times.
        var rows = (await host.RecipientsAsync(execution)).ToDictionary(r => r.PhoneNumber);
        Assert.Equal((RecipientStatus.Sent, "Europe/Berlin"), (rows["4915112345678"].Status, rows["4915112345678"].TimeZone));
        Assert.Equal((RecipientStatus.Sent, "Europe/Lisbon"), (rows["5511912345679"].Status, rows["5511912345679"].TimeZone));
        Assert.Equal((RecipientStatus.Skipped, ReasonCodes.UnknownTimeZone), (rows["5511912345678"].Status, rows["5511912345678"].ErrorCode));
        Assert.Equal(
            (RecipientStatus.Pending, ReasonCodes.OutsideWindow, new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero)),
            (rows["2389912345"].Status, rows["2389912345"].WaitingReason, rows["2389912345"].NextAttemptAt));

        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(3, host.Sender.Messages.Count);
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Who_is_outside_the_window_until_the_run_expires_is_skipped_then()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(3);
        await host.StartAsync();
        var settings = EngineHost.Settings(s => s with { Window = new(new(20, 0), new(21, 0)), ExecutionTimeZone = "UTC", ExpiresAfter = TimeSpan.FromMinutes(30) });
        var forecast = Forecast(host, settings, (null, 3));

        var execution = await host.BeginAsync(settings);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(3, (await host.ReadAsync(execution)).Counters.Skipped);
        Assert.Equal(3, forecast.Expired);
        await AssertAsync(host, execution, forecast);
    }

    private static async Task PeopleAsync(EngineHost host, params (string Number, string? Zone)[] people) => await host.Store.Contacts.UpsertAsync(
        EngineHost.Organization, [.. people.Select(p => new ContactUpsert { WhatsAppId = p.Number, TimeZone = p.Zone })], ContactUpdateMode.Fill, revive: false, EngineHost.Cancellation);

    private static Forecast Forecast(EngineHost host, AutomationSettings settings, params (string? Zone, int People)[] groups)
    {
        var forecaster = new Forecaster(new SendingHours(settings, host.Clock.GetUtcNow()), SendingPace.Of(settings, null).Spacing);
        foreach (var (zone, people) in groups)
        {
            forecaster.Add(zone, people, 1);
        }

        return forecaster.Run(host.Clock.GetUtcNow());
    }

    /// <summary>It ended within five in a hundred of the time that was forecast.</summary>
    private static async Task AssertAsync(EngineHost host, Execution execution, Forecast forecast)
    {
        var ended = await host.ReadAsync(execution);
        var took = ended.CompletedAt!.Value - ended.CreatedAt;
        Assert.InRange((forecast.FinishesAt!.Value - ended.CreatedAt) / took, 0.95, 1.05);
        await host.AssertConsistentAsync(execution);
    }
}
