using FlowDispatch.Executions;
using FlowDispatch.Store.Conformance;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>A start touches three slots: what a process leaves that dies between them.</summary>
public sealed class HalfMadeStartTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private readonly string _prefix = $"start{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}:";
    private RedisStore _store = null!;
    private ConnectionMultiplexer _redis = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var configuration = (await SharedServers.Single).Configuration;
        _redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        _store = new(new() { Configuration = configuration, KeyPrefix = _prefix }, _clock);
        await _store.MigrateAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_start_that_was_made_is_seen_by_whoever_looks_next()
    {
        var execution = await StartAsync();
        await _redis.GetDatabase().HashSetAsync(Head(execution), "born", 0);

        var controlled = (await _store.Claims.ReadControlAsync(0, Cancellation)).Executions;

        Assert.Equal(execution.Number, Assert.Single(controlled).Number);
        Assert.Equal(execution.Id, (await _store.Executions.LeasePlanAsync("node", TimeSpan.FromSeconds(30), Cancellation))?.Execution.Id);
    }

    [Fact]
    public async Task A_start_that_was_never_made_is_no_execution_and_its_name_goes()
    {
        var execution = await StartAsync();
        var database = _redis.GetDatabase();
        await database.HashSetAsync(Head(execution), "born", 0);
        await database.KeyDeleteAsync($"{_prefix}{{o:{Some.Organization}}}:executions");

        Assert.Empty((await _store.Claims.ReadControlAsync(0, Cancellation)).Executions);
        Assert.Null(await _store.Executions.LeasePlanAsync("node", TimeSpan.FromSeconds(30), Cancellation));
        await using var other = new RedisStore(new() { Configuration = _redis.Configuration, KeyPrefix = _prefix }, _clock);
        Assert.Null(await other.Executions.FindAsync(Some.Organization, execution.Id, Cancellation));

        _clock.Advance(TimeSpan.FromMinutes(2));
        await _store.Claims.RecoverAsync(Cancellation);
        Assert.Empty(await database.SortedSetRangeByRankAsync($"{_prefix}{{shared}}:open"));
    }

    [Fact]
    public async Task A_number_that_a_failover_forgot_is_not_given_twice()
    {
        var first = await StartAsync();
        await _redis.GetDatabase().StringDecrementAsync($"{_prefix}{{shared}}:number");

        var second = await StartAsync();

        Assert.Equal(first.Number + 1, second.Number);
        Assert.Equal(first.Id, (await _store.Executions.FindByNumberAsync(first.Number, Cancellation))?.Id);
        Assert.Equal(second.Id, (await _store.Executions.FindAsync(Some.Organization, second.Id, Cancellation))?.Id);
    }

    [Fact]
    public async Task An_ended_execution_leaves_the_index_and_a_resumed_one_is_in_it_again()
    {
        var execution = await StartAsync();
        await ChangeAsync(ExecutionStatus.Failed);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await _store.Claims.RecoverAsync(Cancellation);
        Assert.Empty(await _redis.GetDatabase().SortedSetRangeByRankAsync($"{_prefix}{{shared}}:open"));

        await ChangeAsync(ExecutionStatus.Running);

        Assert.Equal(execution.Number, Assert.Single((await _store.Claims.ReadControlAsync(0, Cancellation)).Executions).Number);

        Task ChangeAsync(ExecutionStatus status) =>
            _store.Executions.UpdateAsync(Some.Organization, execution.Id, e => e with { Status = status }, Cancellation);
    }

    private string Head(Execution execution) => $"{_prefix}{{{execution.Number}}}:h";

    private async Task<Execution> StartAsync()
    {
        var automation = Some.Automation(_clock);
        await _store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        return (await _store.Executions.CreateAsync(Some.Execution(_clock, automation), cancellationToken: Cancellation)).Execution!;
    }
}
