using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

public sealed class RestartTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_written_twice_when_the_server_is_killed_in_the_middle()
    {
        // With "everysec" the last second may be lost when the machine fails; a killed process alone loses nothing either way.
        await using var server = new RedisServer("--appendfsync always");
        await server.StartAsync();
        await using var store = new RedisStore(new() { Configuration = server.Configuration }, _clock);
        await store.MigrateAsync(Cancellation);
        var execution = await Arrange.RunningAsync(store, _clock, 3_000, Cancellation);
        var lease = (await store.Claims.LeaseAsync(execution.Number, "node", 10, TimeSpan.FromMinutes(5), Cancellation))!;

        var half = new TaskCompletionSource();
        var work = Task.Run(() => WorkAsync(store, lease, half), Cancellation);
        await half.Task;
        server.Kill();
        await server.StartAsync();
        var acknowledged = await work;

        Assert.Equal(3_000, acknowledged.Count);
        var rows = await RowsAsync(store, execution);
        Assert.All(rows, row => Assert.Equal((RecipientStatus.Sent, $"wamid.{row.Id}", 1), (row.Status, row.ProviderMessageId, row.Attempts)));
        var audit = (await store.Executions.AuditAsync(Some.Organization, execution.Id, Cancellation))!;
        Assert.True(audit.Consistent);
        Assert.Equal((3_000, 0), (audit.Rows.Sent, audit.Rows.Open));
        var messages = rows.Take(1_000).Select(r => r.ProviderMessageId!).ToList();
        Assert.Equal(1_000, (await store.Recipients.FindByMessageAsync(Some.Channel, messages, Cancellation)).Count);
        await store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.True(await store.Claims.TryCloseAsync(execution.Number, Cancellation));
    }

    [Fact]
    public async Task A_store_that_is_away_says_so_and_goes_on_where_it_was_when_it_is_back()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var store = new RedisStore(new() { Configuration = server.Configuration }, _clock);
        await store.MigrateAsync(Cancellation);
        Assert.Null(await store.CheckAsync(Cancellation));

        server.Kill();
        Assert.NotNull(await store.CheckAsync(Cancellation));

        await server.StartAsync();
        while (await store.CheckAsync(Cancellation) is not null)
        {
            await Task.Delay(Pause, TimeProvider.System, Cancellation);
        }
    }

    // As the engine does: a commit whose answer is lost is made again under its number.
    private static async Task<HashSet<int>> WorkAsync(RedisStore store, DispatchLease lease, TaskCompletionSource half)
    {
        var (acknowledged, number) = (new HashSet<int>(), 0L);
        while (await TryAsync(() => store.Claims.ClaimAsync(lease, 500, cancellationToken: Cancellation)) is { Count: > 0 } items)
        {
            foreach (var part in items.Chunk(50))
            {
                var marks = new DispatchCommit { Number = ++number, Marks = [.. part.Select(i => i.Recipient.Id.Ordinal)] };
                Assert.True(await TryAsync(() => store.Claims.CommitAsync(lease, marks, Cancellation)));
                var outcomes = new DispatchCommit
                {
                    Number = ++number,
                    Changes = [.. part.Select(i => new ClaimedChange(i.Recipient, row => RecipientRules.Accept(row, 1, $"wamid.{row.Id}", row.CreatedAt, Some.End)))],
                };
                Assert.True(await TryAsync(() => store.Claims.CommitAsync(lease, outcomes, Cancellation)));
                acknowledged.UnionWith(part.Select(i => i.Recipient.Id.Ordinal));
                if (acknowledged.Count >= 1_500)
                {
                    half.TrySetResult();
                }
            }
        }

        return acknowledged;
    }

    private static async Task<T> TryAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception away) when (away is RedisException or TimeoutException)
            {
                await Task.Delay(Pause, TimeProvider.System, Cancellation);
            }
        }
    }

    private static async Task<List<Recipient>> RowsAsync(RedisStore store, FlowDispatch.Executions.Execution execution)
    {
        var rows = new List<Recipient>();
        await foreach (var row in store.Recipients.StreamAsync(Some.Organization, execution.Id, RecipientFilter.All, cancellationToken: Cancellation))
        {
            rows.Add(row);
        }

        return rows;
    }
}
