using FlowDispatch.Executions;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Redis.Tests;

/// <summary>A start touches three slots: what a process leaves that dies between them.</summary>
public sealed class HalfMadeStartTests : LookedIntoTest
{
    [Fact]
    public async Task A_start_that_was_made_is_seen_by_whoever_looks_next()
    {
        var execution = await StartAsync();
        await Redis.GetDatabase().HashSetAsync(Head(execution), "born", 0);

        var controlled = (await Store.Claims.ReadControlAsync(0, Cancellation)).Executions;

        Assert.Equal(execution.Number, Assert.Single(controlled).Number);
        Assert.Equal(execution.Id, (await Store.Executions.LeasePlanAsync("node", TimeSpan.FromSeconds(30), Cancellation))?.Execution.Id);
    }

    [Fact]
    public async Task A_start_that_was_never_made_is_no_execution_and_its_name_goes()
    {
        var execution = await StartAsync();
        var database = Redis.GetDatabase();
        await database.HashSetAsync(Head(execution), "born", 0);
        await database.KeyDeleteAsync($"{Prefix}{{o:{Some.Organization}}}:executions");

        Assert.Empty((await Store.Claims.ReadControlAsync(0, Cancellation)).Executions);
        Assert.Null(await Store.Executions.LeasePlanAsync("node", TimeSpan.FromSeconds(30), Cancellation));
        await using var other = new RedisStore(new() { Configuration = Redis.Configuration, KeyPrefix = Prefix }, Clock);
        Assert.Null(await other.Executions.FindAsync(Some.Organization, execution.Id, Cancellation));

        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Claims.RecoverAsync(Cancellation);
        Assert.Empty(await database.SortedSetRangeByRankAsync($"{Prefix}{{shared}}:open"));
    }

    [Fact]
    public async Task A_number_that_a_failover_forgot_is_not_given_twice()
    {
        var first = await StartAsync();
        await Redis.GetDatabase().StringDecrementAsync($"{Prefix}{{shared}}:number");

        var second = await StartAsync();

        Assert.Equal(first.Number + 1, second.Number);
        Assert.Equal(first.Id, (await Store.Executions.FindByNumberAsync(first.Number, Cancellation))?.Id);
        Assert.Equal(second.Id, (await Store.Executions.FindAsync(Some.Organization, second.Id, Cancellation))?.Id);
    }

    [Fact]
    public async Task An_ended_execution_leaves_the_index_and_a_resumed_one_is_in_it_again()
    {
        var execution = await StartAsync();
        await ChangeAsync(ExecutionStatus.Failed);
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Claims.RecoverAsync(Cancellation);
        Assert.Empty(await Redis.GetDatabase().SortedSetRangeByRankAsync($"{Prefix}{{shared}}:open"));

        await ChangeAsync(ExecutionStatus.Running);

        Assert.Equal(execution.Number, Assert.Single((await Store.Claims.ReadControlAsync(0, Cancellation)).Executions).Number);

        Task ChangeAsync(ExecutionStatus status) =>
            Store.Executions.UpdateAsync(Some.Organization, execution.Id, e => e with { Status = status }, Cancellation);
    }

    private string Head(Execution execution) => $"{Prefix}{{{execution.Number}}}:h";

    private async Task<Execution> StartAsync()
    {
        var automation = Some.Automation(Clock);
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        return (await Store.Executions.CreateAsync(Some.Execution(Clock, automation), cancellationToken: Cancellation)).Execution!;
    }
}
