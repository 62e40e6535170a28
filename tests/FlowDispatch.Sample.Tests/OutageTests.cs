namespace FlowDispatch.Sample.Tests;

/// <summary>The store's server is away for ten seconds in the middle of a run of two processes.</summary>
public sealed class OutageTests
{
    private const int People = 300;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(2); // a second is promised; another for a busy machine and the way to the provider

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Power lost, connections refused, and leases that are longer: whoever was in flight is recorded afterwards.</summary>
    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task Stopped_and_started_again_within_the_leases_everybody_is_sent_to_once_and_nobody_is_in_doubt(string store)
    {
        await using var run = await StartAsync(store, lease: "00:00:30");
        var execution = await MiddleAsync(run);

        await AwayAsync(run, () => run.Server.StopAsync(), () => run.Server.StartAgainAsync());

        await run.AssertEverybodyIsAccountedForAsync(execution, People);
        Assert.Equal(0, (await run.ExecutionAsync(execution)).GetProperty("recipients_in_doubt").GetInt32());
    }

    /// <summary>Nothing is refused and nothing is answered, until every lease is over.</summary>
    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task Hanging_for_longer_than_the_leases_nobody_is_lost_and_nobody_is_sent_to_twice(string store)
    {
        await using var run = await StartAsync(store, lease: "00:00:03");
        var execution = await MiddleAsync(run);

        await AwayAsync(run, () => run.Server.FreezeAsync(), () => run.Server.ThawAsync());

        await run.AssertEverybodyIsAccountedForAsync(execution, People);
    }

    private static Task<SeparateProvider> StartAsync(string store, string lease) => SeparateProvider.StartAsync(
        new Nodes(store, 2, ServerApart: true),
        new { latency_ms = new { min = 50, max = 150 }, read = 0 },
        settings:
        [
            ("Dispatch__MaxConcurrency", "8"), ("Dispatch__LeaseDuration", lease),
            ("Dispatch__InDoubtGracePeriod", "00:00:03"), ("Dispatch__InDoubtDeadline", "00:00:06"),
        ]);

    private static async Task<string> MiddleAsync(SeparateProvider run)
    {
        var execution = await run.RunAsync(People, slots: 12);
        await run.TakenAsync(People / 4);
        await run.AllSendAsync();
        return execution;
    }

    private static async Task AwayAsync(SeparateProvider run, Func<Task> stop, Func<Task> start)
    {
        await stop();
        var stopped = TimeProvider.System.GetUtcNow();
        await Task.Delay(Outage, TimeProvider.System, Cancellation);
        Assert.False(await run.Sample.IsHealthyAsync(Cancellation));
        var taken = await run.LedgerAsync();
        await start();

        Assert.InRange(taken.Count, People / 4, People - 1);
        Assert.InRange(taken.Max(m => m.At) - stopped, TimeSpan.MinValue, Stopping);
        foreach (var sample in run.Samples)
        {
            await SeparateProvider.UntilAsync(sample, () => sample.IsHealthyAsync(Cancellation), healthy => healthy, "it serves again");
        }
    }
}
