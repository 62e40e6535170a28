using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A process that freezes in the middle of a transaction: what it holds, and for how long.</summary>
public sealed class PostgresFrozenTests : StoreConformance<PostgresStoreFixture>
{
    [Fact(Timeout = 30_000)]
    public async Task It_keeps_none_but_the_lease_whose_people_it_holds_from_being_recovered_and_that_for_seconds_only()
    {
        var (one, two) = (await RunningAsync(3), await RunningAsync(3));
        var held = (await MarkedAsync(one))[0];
        await MarkedAsync(two);
        var frozen = await FreezeAsync(held);

        Clock.Advance(Lease);
        Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));

        Assert.All(await RecipientsAsync(two), r => Assert.Equal(RecipientStatus.InDoubt, r.Status));
        await frozen;
        Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));
        Assert.All(await RecipientsAsync(one), r => Assert.Equal(RecipientStatus.InDoubt, r.Status));
        await ConsistentAsync(one);
    }

    [Fact(Timeout = 30_000)]
    public async Task Once_it_thaws_it_has_lost_its_connection_and_nothing_of_the_transaction_is_written()
    {
        var execution = await RunningAsync(3);
        var items = await MarkedAsync(execution);

        await await FreezeAsync(items[0]);

        var row = await FindAsync(items[0].Recipient.Id);
        Assert.Equal((RecipientStatus.Sending, null), (row.Status, row.ErrorMessage));
        Assert.Equal(1, await TransitionAsync(row.Id, s => new() { After = s.Recipient with { ErrorMessage = "thawed" } }));
    }

    private async Task<IReadOnlyList<WorkItem>> MarkedAsync(Execution execution)
    {
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));
        return items;
    }

    // Answers once somebody holds the row and does nothing; that ends when the server ended the session and it surfaced.
    private async Task<Task> FreezeAsync(WorkItem item)
    {
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var frozen = Task.Run(
            () => TransitionAsync(item.Recipient.Id, s =>
            {
                inside.SetResult();
                EndedAsync().GetAwaiter().GetResult();
                return new() { After = s.Recipient with { ErrorMessage = "frozen" } };
            }),
            Cancellation);
        await inside.Task;
        return SurfacesAsync();

        // The server's idle_in_transaction_session_timeout.
        async Task SurfacesAsync() => Assert.Equal("25P03", (await Assert.ThrowsAsync<PostgresException>(() => frozen)).SqlState);
    }

    // Until no session of this database is idle within a transaction.
    private async Task EndedAsync()
    {
        await using var source = NpgsqlDataSource.Create(Fixture.Connection);
        await using var idle = source.CreateCommand("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
        while ((long)(await idle.ExecuteScalarAsync(Cancellation))! > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }
}
