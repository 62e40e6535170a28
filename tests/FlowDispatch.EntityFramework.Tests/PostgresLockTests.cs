using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>Commits that wait in the middle, on a row that a receipt holds, and what comes behind them meanwhile.</summary>
public sealed class PostgresLockTests : StoreConformance<PostgresStoreFixture>
{
    [Fact]
    public async Task Whoever_ends_a_lease_waits_for_the_commit_under_it()
    {
        var execution = await RunningAsync(40);
        var (lease, items) = await MarkedAsync(execution);
        await using var receipt = await HoldAsync(items[20]);

        var commit = CommitAsync(lease, items.Select(i => Accepted(i)));
        await WaitingAsync(1);
        var release = Store.Claims.ReleaseAsync(lease, Cancellation);
        await WaitingAsync(2);
        await receipt.DisposeAsync();

        Assert.True(await commit);
        await release;
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Sent, 1), (r.Status, r.Attempts)));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task A_commit_is_made_behind_the_one_that_it_follows_though_nothing_else_holds_it_up()
    {
        var execution = await RunningAsync(40);
        var (lease, items) = await MarkedAsync(execution);
        await using var receipt = await HoldAsync(items[0]);

        var first = new DispatchCommit { Number = NextCommit(), Follows = 1, Changes = [.. items.Take(20).Select(i => Accepted(i))] };
        var second = new DispatchCommit { Number = NextCommit(), Follows = first.Number, Changes = [.. items.Skip(20).Select(i => Accepted(i))] };
        var made = Store.Claims.CommitAsync(lease, first, Cancellation);
        await WaitingAsync(1);
        var behind = Store.Claims.CommitAsync(lease, second, Cancellation);
        await WaitingAsync(2);
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Sending, r.Status));
        await receipt.DisposeAsync();

        Assert.True(await made);
        Assert.True(await behind);
        Assert.Equal(40, (await ConsistentAsync(execution)).Rows.Sent);
    }

    private async Task<(DispatchLease Lease, IReadOnlyList<WorkItem> Items)> MarkedAsync(Execution execution)
    {
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));
        return (lease, items);
    }

    // Until it is disposed of.
    private async Task<NpgsqlConnection> HoldAsync(WorkItem item)
    {
        var connection = new NpgsqlConnection($"{Fixture.Connection};Pooling=false");
        await connection.OpenAsync(Cancellation);
        await connection.BeginTransactionAsync(Cancellation);
        await using var hold = new NpgsqlCommand("SELECT 1 FROM fd_recipients WHERE key = $1 FOR UPDATE", connection)
        {
            Parameters = { new() { Value = PackedKey.Of(item.Recipient.Id.ExecutionNumber, item.Recipient.Id.Ordinal) } },
        };
        Assert.NotNull(await hold.ExecuteScalarAsync(Cancellation));
        return connection;
    }

    // Until so many of this database's sessions wait for a lock.
    private async Task WaitingAsync(int sessions)
    {
        await using var source = NpgsqlDataSource.Create(Fixture.Connection);
        await using var waiting = source.CreateCommand("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        while ((long)(await waiting.ExecuteScalarAsync(Cancellation))! < sessions)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }
}
