using FlowDispatch.Executions;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Executions share a node and a channel: a small one does not wait for a big one to end.</summary>
public sealed class FairnessTests
{
    [Theory]
    [InlineData(1, 50, null)]
    [InlineData(1, 500, null)]
    [InlineData(2, 500, null)]
    [InlineData(1, 50, 20)]
    [InlineData(1, 500, 80)]
    [InlineData(2, 500, 20)]
    public async Task Ten_people_behind_twenty_thousand_are_done_within_seconds(int nodes, int concurrency, int? perSecond)
    {
        await using var host = new EngineHost(perSecond: perSecond);
        var people = await host.PeopleAsync(20_000);
        for (var i = 0; i < nodes; i++)
        {
            await host.StartAsync();
        }

        host.Slow(TimeSpan.FromSeconds(1));
        var big = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = concurrency }));
        await host.PassAsync(TimeSpan.FromSeconds(20));

        var small = await host.BeginAsync(EngineHost.SettingsFor(people.Take(10)));
        await host.UntilAsync(small, ExecutionStatus.Completed, TimeSpan.FromSeconds(8));

        var row = await host.ReadAsync(big);
        Assert.Equal(ExecutionStatus.Running, row.Status);
        Assert.InRange(row.Counters.Pending, 10_000, 20_000);
        await host.AssertConsistentAsync(big);
        await host.AssertConsistentAsync(small);
    }

    [Fact]
    public async Task Ten_people_behind_fifty_thousand_that_are_still_being_planned_are_done_within_seconds()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(50_000);
        await host.StartAsync();
        host.Climate.Latency = TimeSpan.FromSeconds(0.15);
        var big = await host.BeginAsync(EngineHost.Settings());
        await host.PassAsync(TimeSpan.FromSeconds(2));

        var small = await host.BeginAsync(EngineHost.SettingsFor(people.Take(10)));
        await host.UntilAsync(small, ExecutionStatus.Completed, TimeSpan.FromSeconds(8));

        Assert.Null((await host.ReadAsync(big)).PlannedAt);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_window_holds_nobody_up()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5);
        await host.StartAsync(o => o.Node.MaxExecutions = 1);
        await host.BeginAsync(EngineHost.Settings(s => s with { Priority = 100, Window = new(new(20, 0), new(21, 0)), ExecutionTimeZone = "UTC" }));
        await host.PassAsync(TimeSpan.FromSeconds(2));

        var open = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(open, ExecutionStatus.Completed, TimeSpan.FromSeconds(3));

        Assert.Equal(5, host.HandedOver.Count);
    }
}
