using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Core.Tests.Regressions;

/// <summary>Known mistakes of the field about windows, each by its name, against the whole engine. The clock stands at 12:00 UTC.</summary>
public sealed class WindowRegressions
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    // Whoever's window is closed is put aside, nobody comes back for them, and the run is over all the same.
    [Fact]
    public async Task People_outside_the_window_are_not_forgotten_while_the_run_is_called_complete()
    {
        await using var host = new EngineHost();
        string[] open = ["4915112345601", "4915112345602"], closed = ["2389912301", "2389912302", "2389912303"];
        await host.Store.Contacts.UpsertAsync(
            EngineHost.Organization, [.. open.Concat(closed).Select(n => new ContactUpsert { WhatsAppId = n })], ContactUpdateMode.Fill, revive: false, EngineHost.Cancellation);
        var dies = await host.StartAsync();

        // In Berlin it is 13:00, in Cape Verde 11:00.
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { Window = new(new(13, 0), new(18, 0)), WindowTimeZoneMode = WindowTimeZoneMode.Recipient }));
        await host.PassAsync(TimeSpan.FromHours(1));

        var waiting = await host.ReadAsync(execution);
        Assert.Equal((ExecutionStatus.Running, null), (waiting.Status, waiting.CompletedAt));
        Assert.Equal(new ExecutionCounters { Total = 5, Sent = 2, Completed = 2, Pending = 3, Open = 3 }, waiting.Counters);
        Assert.Equal(3, (await host.RecipientsAsync(execution)).Count(r => r.WaitingReason == ReasonCodes.OutsideWindow));

        // Neither does a process that dies meanwhile take them with it.
        dies.Kill();
        await host.StartAsync();
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromHours(1.1));

        Assert.Equal(closed.Order(StringComparer.Ordinal), host.HandedOver.Skip(2).Select(h => h.Message.To).Order(StringComparer.Ordinal));
        Assert.All(host.HandedOver.Skip(2), h => Assert.InRange(h.At, Noon.AddHours(2), Noon.AddHours(2.1)));
    }

    [Fact]
    public async Task A_run_outside_its_window_is_not_called_complete()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5);
        await host.StartAsync(EngineHost.Idle);

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { Window = new(new(14, 0), new(15, 0)), ExecutionTimeZone = "UTC" }));
        await host.PassAsync(TimeSpan.FromMinutes(119));
        Assert.Equal((ExecutionStatus.Running, 5), ((await host.ReadAsync(execution)).Status, (await host.ReadAsync(execution)).Counters.Pending));

        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromMinutes(2));
        Assert.Equal(5, host.HandedOver.Count);
    }

    // "start <= now && now < end" is never true from 22:00 to 06:00.
    [Fact]
    public async Task A_night_window_opens()
    {
        await using var host = new EngineHost();
        host.Climate.Interleaved = 0;
        await host.PeopleAsync(350);
        await host.StartAsync(EngineHost.Idle);

        // In Tokyo it is 21:00; at a hundred an hour the run lasts past midnight, and the rest waits for the next night.
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with
        {
            Window = new ExecutionWindow(new(22, 0), new(1, 0)),
            ExecutionTimeZone = "Asia/Tokyo",
            RateLimitPerHour = 100,
        }));
        await host.PassAsync(TimeSpan.FromHours(6));

        var hours = host.HandedOver.CountBy(h => (h.At - Noon).Days * 24 + (h.At - Noon).Hours).OrderBy(h => h.Key).ToList();
        Assert.Equal([1, 2, 3], hours.Select(h => h.Key));
        Assert.All(hours, h => Assert.InRange(h.Value, 99, 100));
        Assert.Equal(ExecutionStatus.Running, (await host.ReadAsync(execution)).Status);
    }
}
