using FlowDispatch.Executions;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Pause, resume and cancel, asked of one of two nodes while both send.</summary>
public sealed class ControlTests
{
    [Theory]
    [InlineData(36_000, 300)]
    [InlineData(1_000_000, 300)]
    [InlineData(null, 300)]
    public async Task A_pause_stops_both_nodes_within_a_second_and_a_resume_sends_each_remaining_person_once(int? rate, int concurrency)
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(4_000);
        var (asked, _) = (await host.StartAsync(), await host.StartAsync());
        host.Slow(TimeSpan.FromMilliseconds(300));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { RateLimitPerHour = rate, MaxConcurrentExecutions = concurrency }));
        await host.UntilAsync(() => host.HandedOver.Count == 1_500);

        await MoveAsync(host, asked, e => e.PauseAsync(EngineHost.Organization, execution.Id));
        var paused = host.Clock.GetUtcNow();
        await host.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(2, host.HandedOver.Select(h => h.Node).Distinct().Count());
        Assert.InRange(host.HandedOver[^1].At, DateTimeOffset.MinValue, paused + TimeSpan.FromSeconds(1));
        var row = await host.ReadAsync(execution);
        Assert.Equal((ExecutionStatus.Paused, host.HandedOver.Count, 4_000), (row.Status, row.Counters.Sent, row.Counters.Sent + row.Counters.Pending));
        Assert.InRange(row.Counters.Pending, 1, 2_500);
        await host.AssertConsistentAsync(execution);

        await MoveAsync(host, asked, e => e.ResumeAsync(EngineHost.Organization, execution.Id));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(4_000, host.HandedOver.Count);
        Assert.Equal(4_000, host.HandedOver.Select(h => h.Message.To).Distinct().Count());
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task Paused_and_resumed_again_and_again_everybody_gets_one_message()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(2_000);
        var nodes = new[] { await host.StartAsync(), await host.StartAsync() };
        host.Slow(TimeSpan.FromMilliseconds(300));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 20 }));

        for (var i = 0; i < 30 && (await host.ReadAsync(execution)).IsOpen; i++)
        {
            await host.PassAsync(TimeSpan.FromMilliseconds(100 + (37 * i)));
            await MoveAsync(host, nodes[i % 2], e => e.PauseAsync(EngineHost.Organization, execution.Id));
            await host.PassAsync(TimeSpan.FromMilliseconds(900 - (29 * i)));
            await MoveAsync(host, nodes[(i / 2) % 2], e => e.ResumeAsync(EngineHost.Organization, execution.Id));
        }

        await host.UntilAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(2_000, host.HandedOver.Count);
        Assert.Equal(2_000, host.HandedOver.Select(h => h.Message.To).Distinct().Count());
        await host.AssertConsistentAsync(execution);
    }

    [Fact]
    public async Task A_run_cancelled_half_way_adds_up_over_two_nodes()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(1_000);
        var (_, asked) = (await host.StartAsync(), await host.StartAsync());
        host.Slow(TimeSpan.FromMilliseconds(300));
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 50 }));
        await host.UntilAsync(() => host.HandedOver.Count == 500);

        await MoveAsync(host, asked, e => e.CancelAsync(EngineHost.Organization, execution.Id));
        var cancelled = host.Clock.GetUtcNow();
        await host.UntilAsync(async () => (await host.ReadAsync(execution)).Counters.Open == 0, TimeSpan.FromSeconds(5));
        await host.PassAsync(TimeSpan.FromMinutes(2));

        Assert.InRange(host.HandedOver[^1].At, DateTimeOffset.MinValue, cancelled + TimeSpan.FromSeconds(1));
        var counters = (await host.ReadAsync(execution)).Counters;
        Assert.Equal(
            new ExecutionCounters { Total = 1_000, Sent = host.HandedOver.Count, Completed = host.HandedOver.Count, Cancelled = 1_000 - host.HandedOver.Count },
            counters);
        await host.AssertConsistentAsync(execution);
    }

    private static Task<Execution?> MoveAsync(EngineHost host, SimulatedNode node, Func<ExecutionService, Task<Execution?>> move) => host.AskAsync(node, move);
}
