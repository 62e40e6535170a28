using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The whole engine, and what was forecast for it. The clock stands at 12:00 UTC on a Sunday in November.</summary>
[Collection(EngineAlone.Name)]
public sealed class SendingHoursTests
{
    [Fact]
    public async Task A_hundred_an_hour_started_two_minutes_before_closing_sends_no_more_than_four_that_day_and_goes_on_at_the_opening()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(7);
        await host.StartAsync();

        // A run before it, so that no first time of anything takes a part of the two minutes.
        await host.UntilAsync(await host.BeginAsync(EngineHost.Settings()), ExecutionStatus.Completed);
        var closes = TimeOnly.FromDateTime(host.Clock.GetUtcNow().AddMinutes(2).UtcDateTime);
        var settings = EngineHost.Settings(s => s with { RateLimitPerHour = 100, Window = new(closes.AddHours(15), closes), ExecutionTimeZone = "UTC" });
        var forecast = Forecast(host, settings, (null, 7));

        var execution = await host.BeginAsync(settings);
        await host.PassAsync(TimeSpan.FromMinutes(4));
        var thatDay = host.Sender.Messages.Count - 7;
        Assert.InRange(thatDay, 3, 4); // on a busy machine the moving clock may overtake one permit

        await host.PassAsync(TimeSpan.FromHours(14) + TimeSpan.FromMinutes(56), TimeSpan.FromSeconds(20));
        Assert.Equal(7 + thatDay, host.Sender.Messages.Count);

        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(7 + 7, host.Sender.Messages.Count);
        await AssertAsync(host, execution, forecast);
    }

    [Fact]
    public async Task Everybody_is_sent_to_in_the_hours_of_their_own_number()
    {
        await using var host = new EngineHost();
        await PeopleAsync(host, ("4915112345678", null), ("817012345678", null), ("5511912345678", null), ("5511912345679", "Europe/Lisbon"));
        await host.StartAsync();
        var settings = EngineHost.Settings(s => s with
        {
            Window = new(new(12, 0), new(14, 0)),
            WindowTimeZoneMode = WindowTimeZoneMode.Recipient,
            UnknownTimeZone = UnknownTimeZonePolicy.Skip,
        });

        var execution = await host.BeginAsync(settings);
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters is { Sent: 2, Skipped: 1 });

        // Germany is at 13:00, Portugal at 12:00, Japan at 21:00, and Brazil keeps several times.
        var rows = (await host.RecipientsAsync(execution)).ToDictionary(r => r.PhoneNumber);
        Assert.Equal((RecipientStatus.Sent, "Europe/Berlin"), (rows["4915112345678"].Status, rows["4915112345678"].TimeZone));
        Assert.Equal((RecipientStatus.Sent, "Europe/Lisbon"), (rows["5511912345679"].Status, rows["5511912345679"].TimeZone));
        Assert.Equal((RecipientStatus.Skipped, ReasonCodes.UnknownTimeZone), (rows["5511912345678"].Status, rows["5511912345678"].ErrorCode));
        Assert.Equal(
            (RecipientStatus.Pending, ReasonCodes.OutsideWindow, new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.Zero)),
            (rows["817012345678"].Status, rows["817012345678"].WaitingReason, rows["817012345678"].NextAttemptAt));

        await host.PassAsync(TimeSpan.FromHours(15), TimeSpan.FromSeconds(20));
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
