using FlowDispatch.Automations;
using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Retention;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Testing.Simulations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Retention;

/// <summary>Pruning by the service, by the node, and what is left of what pointed at an execution.</summary>
public sealed class PruningTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_service_prunes_what_ended_long_enough_ago_and_says_what_it_did()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(2_300);
        var node = await host.StartAsync(EngineHost.Idle);
        var automation = await host.AutomationAsync(node, EngineHost.Settings());
        var execution = await host.LaunchAsync(node, automation);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(new PruneResult(0, 0), await PruneAsync(host, node, TimeSpan.FromMinutes(5)));
        await host.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal(new PruneResult(0, 0), await PruneAsync(host, node, TimeSpan.FromMinutes(5), "another"));
        Assert.Equal(new PruneResult(0, 0), await PruneAsync(host, node, TimeSpan.MaxValue));
        Assert.Equal(new PruneResult(1, 2_300), await PruneAsync(host, node, TimeSpan.FromMinutes(5)));

        var sums = await host.Store.Executions.SumAsync(EngineHost.Organization, automation.Id, Cancellation);
        Assert.Equal((1, 2_300), (sums.Executions, sums.Counters.Sent));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PruneAsync(host, node, -TimeSpan.FromTicks(1)));
    }

    [Fact]
    public async Task A_pruned_execution_cannot_be_repaired_and_a_repair_that_waited_says_so()
    {
        await using var host = new EngineHost();
        var people = await host.PeopleAsync(1);
        var node = await host.StartAsync();
        var automation = await host.AutomationAsync(node, EngineHost.SettingsFor(people));
        host.Sender.Answer = (_, _) => Task.FromResult<SendResult>(new SendResult.Rejected("no", "No."));
        var execution = await host.LaunchAsync(node, automation);
        await host.UntilAsync(execution, ExecutionStatus.Completed);
        await host.PassAsync(TimeSpan.FromMinutes(1));
        await PruneAsync(host, node, TimeSpan.Zero);

        Assert.Null(await host.AskAsync<ExecutionRepairer, ExecutionCreation?>(
            node, r => r.RepairAsync(EngineHost.Organization, execution.Id, new() { Statuses = [RecipientStatus.Failed] }, cancellationToken: Cancellation)));

        // One that was made just before.
        var created = await host.Store.Executions.CreateAsync(
            execution with
            {
                Id = ExecutionId.New(host.Clock),
                Number = 0,
                RepairOf = execution.Id,
                Snapshot = execution.Snapshot with { Repair = new() { Statuses = [RecipientStatus.Failed] }, RowsOf = execution.Id },
                CreatedAt = host.Clock.GetUtcNow(),
            },
            cancellationToken: Cancellation);
        await host.UntilAsync(created.Execution!, ExecutionStatus.Failed);
        Assert.Contains($"{execution.Id} is gone", (await host.ReadAsync(created.Execution!)).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_prunes_by_itself_what_is_kept_long_enough()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        var store = new InMemoryStore(clock);
        var execution = await FinishedAsync(store, clock);
        var options = new FlowDispatchOptions { Retention = { KeepFinishedExecutions = TimeSpan.FromDays(30) } };
        using var node = new RetentionNode(store, Options.Create(options), WorkQueue.ThreadPool, new Random(1), clock, NullLogger<RetentionNode>.Instance);
        clock.Advance(TimeSpan.FromDays(29));

        await Run(node.PruneAsync(TimeSpan.FromDays(30), Cancellation), clock);
        Assert.NotNull(await store.Executions.FindAsync("org-1", execution.Id, Cancellation));

        clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromTicks(1));
        await Run(node.PruneAsync(TimeSpan.FromDays(30), Cancellation), clock);
        Assert.Null(await store.Executions.FindAsync("org-1", execution.Id, Cancellation));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task It_does_so_only_where_it_is_told_to_and_dispatches(bool enabled, bool told)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        var store = new InMemoryStore(clock);
        var execution = await FinishedAsync(store, clock);
        clock.Advance(TimeSpan.FromDays(40));
        var options = new FlowDispatchOptions { Node = { Enabled = enabled }, Retention = { KeepFinishedExecutions = told ? TimeSpan.FromDays(30) : null } };
        using var node = new RetentionNode(store, Options.Create(options), WorkQueue.ThreadPool, new Random(1), clock, NullLogger<RetentionNode>.Instance);

        await node.StartAsync(Cancellation);
        Assert.NotNull(await store.Executions.FindAsync("org-1", execution.Id, Cancellation));
        if (enabled && told)
        {
            while (await store.Executions.FindAsync("org-1", execution.Id, Cancellation) is not null)
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                await Task.Yield();
            }
        }
        else
        {
            await node.ExecuteTask!;
        }

        await node.StopAsync(Cancellation);
        Assert.Equal(enabled && told, await store.Executions.FindAsync("org-1", execution.Id, Cancellation) is null);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1.0, true)]
    [InlineData(3_650.0, true)]
    [InlineData(0.9, false)]
    [InlineData(3_651.0, false)]
    public void What_is_kept_has_a_range(double? days, bool allowed)
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch(o => o.Retention.KeepFinishedExecutions = days is { } kept ? TimeSpan.FromDays(kept) : null).UseInMemory();
        using var provider = services.BuildServiceProvider();

        if (allowed)
        {
            Assert.NotNull(provider.GetRequiredService<IDataRetention>());
            return;
        }

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<FlowDispatchOptions>>().Value);
        Assert.Contains("RetentionOptions.KeepFinishedExecutions is", refused.Message, StringComparison.Ordinal);
        Assert.Contains("from 1.00:00:00 to 3650.00:00:00, or null", refused.Message, StringComparison.Ordinal);
    }

    private static Task<PruneResult> PruneAsync(EngineHost host, SimulatedNode node, TimeSpan age, string? organization = null) =>
        host.AskAsync<IDataRetention, PruneResult>(node, retention => retention.PruneExecutionsAsync(age, organization, Cancellation));

    private static async Task Run(Task work, FakeTimeProvider clock)
    {
        while (!work.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await work;
    }

    private static async Task<Execution> FinishedAsync(InMemoryStore store, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var automation = new Automation
        {
            Id = AutomationId.New(time),
            OrganizationId = "org-1",
            Status = AutomationStatus.Draft,
            Settings = EngineHost.Settings(),
            CreatedAt = now,
            UpdatedAt = now,
        };
        await store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        var created = await store.Executions.CreateAsync(
            new()
            {
                Id = ExecutionId.New(time),
                OrganizationId = "org-1",
                AutomationId = automation.Id,
                Snapshot = new() { Settings = automation.Settings, FlowVersion = 1, FlowNodes = EngineHost.Says("Hello") },
                Status = ExecutionStatus.Queued,
                CreatedAt = now,
            },
            cancellationToken: Cancellation);
        var lease = await store.Executions.LeasePlanAsync("planner", TimeSpan.FromMinutes(1), Cancellation);
        Assert.True(await store.Executions.AppendPlanAsync(lease!, new() { Recipients = [], Position = null, Finished = true, SliceSize = 10, At = now }, Cancellation));
        return created.Execution!;
    }
}
