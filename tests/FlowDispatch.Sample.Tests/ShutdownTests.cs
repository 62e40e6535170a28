using System.Diagnostics;
using System.Globalization;

namespace FlowDispatch.Sample.Tests;

/// <summary>SIGTERM in the middle of a run. The provider keeps its receipts to itself meanwhile, so that what is stored is what the process stored.</summary>
public sealed class ShutdownTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Told_to_end_it_records_what_is_in_flight_and_leaves_the_rest_for_the_next_start()
    {
        const int People = 200;
        await using var run = await SeparateProvider.StartAsync(new { latency_ms = new { min = 300, max = 300 }, hold_receipts = true });
        var execution = await run.RunAsync(People);
        await run.TakenAsync(60);

        await run.Sample.Process.TerminateAsync();
        Assert.Equal(0, await run.Sample.Process.ExitAsync(TimeSpan.FromSeconds(20), Cancellation));

        var taken = await run.LedgerAsync();
        Assert.InRange(taken.Count, 60, People - 1);
        await run.Sample.RestartAsync(("Dispatch__Enabled", "false"));
        await run.Sample.ReadyAsync(Cancellation);
        var verify = await run.VerifyAsync(execution);
        Assert.True(verify.GetProperty("consistent").GetBoolean(), verify.ToString());
        var statuses = verify.GetProperty("by_status");
        Assert.Equal((taken.Count, People - taken.Count), (statuses.GetProperty("sent").GetInt32(), statuses.GetProperty("pending").GetInt32()));

        await run.Simulator.BehaveAsync(new { }, Cancellation);
        await run.Sample.RestartAsync();
        await run.Sample.ReadyAsync(Cancellation);
        await run.SettledAsync(execution);
        await AssertEverybodyOnceAsync(run, execution, People);
    }

    [Fact]
    public async Task A_host_that_will_not_wait_for_a_send_ends_in_its_time_and_has_the_unanswered_in_doubt()
    {
        const int People = 200;
        var patience = TimeSpan.FromSeconds(1);
        await using var run = await SeparateProvider.StartAsync(
            new { latency_ms = new { min = 8_000, max = 8_000 }, hold_receipts = true },
            settings: ("HostOptions__ShutdownTimeout", patience.ToString("c", CultureInfo.InvariantCulture)));
        var execution = await run.RunAsync(People);
        await run.TakenAsync(50); // every slot's: none is on its way to the provider, who knows of all that are in doubt below

        var told = Stopwatch.GetTimestamp();
        await run.Sample.Process.TerminateAsync();
        await run.Sample.Process.ExitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.InRange(Stopwatch.GetElapsedTime(told), TimeSpan.Zero, patience + TimeSpan.FromSeconds(3));

        var taken = await run.LedgerAsync();
        await run.Sample.RestartAsync();
        await run.Sample.ReadyAsync(Cancellation);
        var doubted = await run.UntilAsync(
            () => run.VerifyAsync(execution), v => v.GetProperty("by_status").GetProperty("in_doubt").GetInt32() >= taken.Count, "those in flight are in doubt");
        Assert.True(doubted.GetProperty("consistent").GetBoolean(), doubted.ToString());

        await run.Simulator.BehaveAsync(new { }, Cancellation);
        await run.SettledAsync(execution);
        await AssertEverybodyOnceAsync(run, execution, People);
    }

    private static async Task AssertEverybodyOnceAsync(SeparateProvider run, string execution, int people)
    {
        var ledger = await run.LedgerAsync();
        Assert.Equal((people, people), (ledger.Count, ledger.DistinctBy(m => m.To).Count()));
        var ended = await run.ExecutionAsync(execution);
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        Assert.Equal(people, ended.GetProperty("messages_sent").GetInt32());
    }
}
