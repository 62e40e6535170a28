using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>Writes that count only once a replica has them.</summary>
public sealed class ReplicaTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_was_recorded_when_the_master_dies_is_recorded_in_its_replica()
    {
        await using var master = new RedisServer();
        await master.StartAsync();
        await using var replica = new RedisServer($"--replicaof 127.0.0.1 {master.Port}");
        await replica.StartAsync();
        await using var store = await OpenAsync(master);
        var execution = await Arrange.RunningAsync(store, _clock, 200, Cancellation);
        var lease = (await store.Claims.LeaseAsync(execution.Number, "node", 10, TimeSpan.FromMinutes(5), Cancellation))!;
        var items = await store.Claims.ClaimAsync(lease, 200, cancellationToken: Cancellation);
        foreach (var (part, number) in items.Chunk(10).Select((part, i) => (part, i + 1)))
        {
            Assert.True(await store.Claims.CommitAsync(lease, Outcomes(part, 2 * number), Cancellation));
        }

        master.Kill();
        await using (var operatorConnection = await ConnectionMultiplexer.ConnectAsync(replica.Configuration + ",allowAdmin=true"))
        {
            await operatorConnection.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
        }

        await using var after = new RedisStore(new() { Configuration = replica.Configuration }, _clock);
        var audit = (await after.Executions.AuditAsync(Some.Organization, execution.Id, Cancellation))!;
        Assert.Equal((200, true), (audit.Rows.Sent, audit.Consistent));
    }

    [Fact]
    public async Task Without_the_replica_a_write_does_not_count_and_made_again_with_it_it_is_made_once()
    {
        await using var master = new RedisServer();
        await master.StartAsync();
        await using var replica = new RedisServer($"--replicaof 127.0.0.1 {master.Port}");
        await replica.StartAsync();
        await using var store = await OpenAsync(master);
        var execution = await Arrange.RunningAsync(store, _clock, 10, Cancellation);
        var lease = (await store.Claims.LeaseAsync(execution.Number, "node", 10, TimeSpan.FromMinutes(5), Cancellation))!;
        var commit = Outcomes(await store.Claims.ClaimAsync(lease, 10, cancellationToken: Cancellation), 1);

        replica.Kill();
        var refused = await Assert.ThrowsAsync<RedisException>(() => store.Claims.CommitAsync(lease, commit, Cancellation));
        Assert.Contains("AcknowledgingReplicas asks for 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AcknowledgingReplicas asks for 1", await store.CheckAsync(Cancellation), StringComparison.Ordinal);

        await replica.StartAsync();
        await ReadyAsync(store);
        Assert.True(await store.Claims.CommitAsync(lease, commit, Cancellation));
        Assert.Equal(10, (await store.Executions.AuditAsync(Some.Organization, execution.Id, Cancellation))!.Rows.Sent);
    }

    [Fact]
    public async Task When_a_master_has_made_room_for_its_replica_the_store_is_well_and_writes()
    {
        await using var cluster = new RedisCluster(replicas: 1);
        await cluster.StartAsync();
        await using var store = new RedisStore(new() { Configuration = cluster.Configuration, AcknowledgingReplicas = 1 }, TimeProvider.System);
        await store.MigrateAsync(Cancellation);
        await ReadyAsync(store);
        Assert.Null(await store.CheckAsync(Cancellation));
        var (_, replica) = await cluster.OwnersAsync("fd:{shared}:layout");

        await RedisCluster.HandOverAsync(replica);

        Assert.Null(await store.CheckAsync(Cancellation));
        await store.Receivers.BeatAsync("probe", Cancellation);
    }

    private static DispatchCommit Outcomes(IEnumerable<WorkItem> items, long number) => new()
    {
        Number = number,
        Changes = [.. items.Select(i => new ClaimedChange(i.Recipient, row => RecipientRules.Accept(row, 1, $"wamid.{row.Id}", row.CreatedAt, Some.End)))],
    };

    private async Task<RedisStore> OpenAsync(RedisServer master)
    {
        var store = new RedisStore(new() { Configuration = master.Configuration, AcknowledgingReplicas = 1 }, _clock);
        await store.MigrateAsync(Cancellation);
        await ReadyAsync(store);
        return store;
    }

    // A replica counts as connected a moment before it acknowledges anything.
    private static async Task ReadyAsync(RedisStore store)
    {
        while (true)
        {
            try
            {
                await store.Receivers.BeatAsync("probe", Cancellation);
                return;
            }
            catch (RedisException)
            {
                await Task.Delay(Pause, TimeProvider.System, Cancellation);
            }
        }
    }
}
