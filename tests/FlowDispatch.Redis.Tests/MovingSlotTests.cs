using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using FlowDispatch.Tracking;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>A slot that moves from one server of a cluster to another while nodes work with it.</summary>
public sealed class MovingSlotTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private readonly RedisCluster _cluster = new();
    private RedisStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _cluster.StartAsync();
        _store = new(new() { Configuration = _cluster.Configuration }, _clock);
        await _store.MigrateAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Calls_fail_and_write_nothing_while_an_executions_slot_moves_and_go_on_behind_it()
    {
        var execution = await Arrange.RunningAsync(_store, _clock, 30, Cancellation);
        var lease = (await _store.Claims.LeaseAsync(execution.Number, "node", 5, TimeSpan.FromMinutes(1), Cancellation))!;
        var items = await _store.Claims.ClaimAsync(lease, 30, cancellationToken: Cancellation);
        var commit = new DispatchCommit { Number = 1, Changes = [new(items[0].Recipient, row => RecipientRules.Accept(row, 1, "wamid.1", _clock.GetUtcNow(), Some.End))] };
        var (from, to, slot) = await _cluster.BeginMoveAsync($"fd:{{{execution.Number}}}:");

        await RefusedAsync(() => _store.Claims.CommitAsync(lease, commit, Cancellation));
        await RefusedAsync(() => _store.Claims.ClaimAsync(lease, 30, cancellationToken: Cancellation));
        await RefusedAsync(() => _store.Claims.ReleaseAsync(lease, Cancellation));
        await RefusedAsync(() => _store.Claims.TryCloseAsync(execution.Number, Cancellation));
        Assert.Empty(await KeysAsync(to));

        await _cluster.EndMoveAsync(from, to, slot);
        Assert.NotEmpty(await KeysAsync(to));
        Assert.True(await _store.Claims.CommitAsync(lease, commit, Cancellation));
        var audit = (await _store.Executions.AuditAsync(Some.Organization, execution.Id, Cancellation))!;
        Assert.Equal((1, 29, true), (audit.Rows.Sent, audit.Rows.Open, audit.Consistent));

        async Task<IEnumerable<RedisKey>> KeysAsync(RedisServer server)
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
            return [.. redis.GetServer(server.Configuration).Keys(pattern: $"fd:{{{execution.Number}}}:*")];
        }
    }

    [Fact]
    public async Task Nobody_is_counted_planned_or_told_of_beside_what_has_not_moved_yet()
    {
        var people = await _store.Contacts.UpsertAsync(Some.Organization, [.. Enumerable.Range(0, 40).Select(Some.Upsert)], ContactUpdateMode.Fill, revive: false, Cancellation);
        var automation = Some.Automation(_clock);
        await _store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        await _store.Executions.CreateAsync(Some.Execution(_clock, automation), cancellationToken: Cancellation);
        var lease = (await _store.Executions.LeasePlanAsync("planner", TimeSpan.FromMinutes(1), Cancellation))!;
        var batch = new PlanBatch { Recipients = [.. people.Select(p => Some.Planned(p.Contact))], Position = null, Finished = false, SliceSize = 10, At = _clock.GetUtcNow() };
        Assert.True(await _store.Executions.AppendPlanAsync(lease, batch, Cancellation));
        Assert.Null(await _store.Limits.CountAsync("cap:1", "a", 1, TimeSpan.FromHours(1), Cancellation));
        await _store.Inbox.AppendAsync([Some.Receipt(_clock, ReceiptStatus.Delivered, "wamid.1")], _clock.GetUtcNow(), Cancellation);

        foreach (var tag in (string[])[$"c:{Some.Channel}", "l:cap:1", "inbox"])
        {
            await _cluster.BeginMoveAsync($"fd:{{{tag}}}:");
        }

        await RefusedAsync(() => _store.Executions.AppendPlanAsync(lease, batch, Cancellation));
        await RefusedAsync(() => _store.Limits.CountAsync("cap:1", "b", 1, TimeSpan.FromHours(1), Cancellation));
        await RefusedAsync(() => _store.Inbox.AppendAsync([Some.Receipt(_clock, ReceiptStatus.Read, "wamid.1")], _clock.GetUtcNow(), Cancellation));
        Assert.Single(await _store.Inbox.ReadAsync(_clock.GetUtcNow(), 10, Cancellation));
    }

    private static Task<RedisException> RefusedAsync(Func<Task> call) => Assert.ThrowsAnyAsync<RedisException>(call);
}
