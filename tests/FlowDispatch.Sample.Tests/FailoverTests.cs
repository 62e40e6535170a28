using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.Sample.Tests;

/// <summary>In the middle of a run the master of a Redis Cluster that holds it makes room for its replica.</summary>
public sealed class FailoverTests
{
    private const int People = 300;
    private const string Run = "fd:{1}:h"; // in the slot of the store's first execution

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handed_over_in_good_order_everybody_is_sent_to_once()
    {
        await using var run = await StartAsync();
        var execution = await MiddleAsync(run);
        var (_, replica) = await run.Cluster.OwnersAsync(Run);

        await RedisCluster.HandOverAsync(replica);

        await AssertOnceAsync(run, execution);
    }

    [Fact]
    public async Task Killed_its_replica_takes_over_and_everybody_is_sent_to_once()
    {
        await using var run = await StartAsync();
        var execution = await MiddleAsync(run);
        var (master, replica) = await run.Cluster.OwnersAsync(Run);

        master.Kill();
        await RedisCluster.PromotedAsync(replica);
        await master.StartAgainAsync(); // follows from now on; without a replica nothing more would be written

        await AssertOnceAsync(run, execution);
    }

    // The leases outlast a failover, so that whoever was in flight is recorded afterwards.
    private static Task<SeparateProvider> StartAsync() => SeparateProvider.StartAsync(
        new Nodes("redis-cluster", 2),
        new { latency_ms = new { min = 50, max = 150 }, read = 0 },
        settings: [("Dispatch__MaxConcurrency", "8"), ("Dispatch__LeaseDuration", "00:00:30")]);

    private static async Task<string> MiddleAsync(SeparateProvider run)
    {
        var execution = await run.RunAsync(People, slots: 12);
        await run.TakenAsync(People / 4);
        await run.AllSendAsync();
        return execution;
    }

    private static async Task AssertOnceAsync(SeparateProvider run, string execution)
    {
        Assert.InRange((await run.LedgerAsync()).Count, People / 4, People - 1);
        foreach (var sample in run.Samples)
        {
            await SeparateProvider.UntilAsync(sample, () => sample.IsHealthyAsync(Cancellation), healthy => healthy, "it serves again");
        }

        await run.AssertEverybodyIsAccountedForAsync(execution, People);
        Assert.Equal(0, (await run.ExecutionAsync(execution)).GetProperty("recipients_in_doubt").GetInt32());
    }
}
