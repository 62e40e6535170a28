using System.Transactions;
using FlowDispatch.Recipients;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A host's <see cref="TransactionScope"/>, which what the store does is no part of.</summary>
public abstract class AmbientTransaction<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task What_a_node_writes_is_not_rolled_back_with_a_hosts_scope_in_which_a_connection_was_opened()
    {
        var execution = await RunningAsync(3);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);

        // A process that has no idle connection: the first one is opened inside of the scope, and the node has it next.
        await ReopenAsync();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await Store.Claims.ReadControlAsync(0, Cancellation);
            Task<bool> mark;
            using (ExecutionContext.SuppressFlow())
            {
                mark = Task.Run(() => MarkAsync(lease, items), Cancellation);
            }

            Assert.True(await mark);
        }

        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Sending, r.Status));
    }

    [Fact]
    public async Task What_the_host_writes_through_the_store_inside_of_its_scope_stands_by_itself()
    {
        var automation = await AutomationAsync();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Assert.NotNull(Transaction.Current);
            var execution = await ExecutionAsync(automation);
            Assert.Equal(execution.Id, (await FindAsync(execution)).Id);
            Assert.Null(await Store.CheckAsync(Cancellation));
            await Store.MigrateAsync(Cancellation);
            Assert.NotNull(Transaction.Current);
        }

        Assert.Equal(1, (await Store.Executions.ListAsync(Some.Organization, automation.Id, new(10), Cancellation)).Total);
    }
}

public static class AmbientTransactionTests
{
    public sealed class Postgres : AmbientTransaction<PostgresStoreFixture>;

    public sealed class Sqlite : AmbientTransaction<SqliteStoreFixture>;
}
