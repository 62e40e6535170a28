using FlowDispatch.EntityFramework.Claims;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Retention;
using FlowDispatch.Store.Conformance;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>What is left in the tables of an execution that was pruned, and of a person who was erased.</summary>
public abstract class LeftRowsTests<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    protected abstract Func<DbContext> Contexts { get; }

    [Fact]
    public async Task Of_a_pruned_execution_no_row_is_left_in_any_table()
    {
        var (_, execution) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        Clock.Advance(TimeSpan.FromDays(2));

        var result = await ForgottenPerson.AskAsync(Store, Clock, r => r.PruneExecutionsAsync(TimeSpan.FromDays(1), cancellationToken: Cancellation));

        Assert.Equal(new PruneResult(1, 31), result);
        await using var context = Contexts();
        await EmptyAsync<ExecutionEntity>(context);
        await EmptyAsync<CountersEntity>(context);
        await EmptyAsync<ErrorCountEntity>(context);
        await EmptyAsync<RecipientEntity>(context);
        await EmptyAsync<RecipientEventEntity>(context);
        await EmptyAsync<DueEntity>(context);
        await EmptyAsync<SliceEntity>(context);
        await EmptyAsync<PrunedEntity>(context);
        if (context.Model.FindEntityType(typeof(MessageEntity)) is not null)
        {
            await EmptyAsync<MessageEntity>(context);
        }

        Assert.Equal(31, (await Store.Executions.SumAsync(execution.OrganizationId, execution.AutomationId, Cancellation)).Counters.Sent);
    }

    [Fact]
    public async Task A_late_commit_for_a_pruned_execution_is_refused()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));
        Assert.True(await CommitAsync(lease, items.Select(i => Accepted(i))));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(new PruneResult(1, 2), await ForgottenPerson.AskAsync(Store, Clock, r => r.PruneExecutionsAsync(TimeSpan.FromDays(1), cancellationToken: Cancellation)));

        Assert.False(await CommitAsync(lease, items.Select(i => Accepted(i))));
    }

    [Fact]
    public async Task Of_an_erased_person_no_column_of_any_table_tells()
    {
        var (person, execution) = await ForgottenPerson.AppearAsync(Store, Clock, Cancellation);
        Assert.Equal(ForgottenPerson.Traces, ForgottenPerson.Traces.Intersect(await TracesAsync()));

        var erasure = await ForgottenPerson.AskAsync(Store, Clock, r => r.EraseContactAsync(Some.Organization, person.Id, Cancellation));

        Assert.Equal(new ContactErasure(1, 0), erasure);
        Assert.Empty(await TracesAsync());
        Assert.Equal((31, 1), ((await ConsistentAsync(execution)).Rows.Sent, (await ConsistentAsync(execution)).Rows.Replied));
    }

    protected abstract string AsText(string column);

    private static async Task EmptyAsync<TEntity>(DbContext context)
        where TEntity : class => Assert.False(await context.Set<TEntity>().AnyAsync(Cancellation), typeof(TEntity).Name);

    private async Task<List<string>> TracesAsync()
    {
        await using var context = Contexts();
        var found = new HashSet<string>();
        foreach (var entity in context.Model.GetEntityTypes())
        {
            var columns = string.Join(" || '|' || ", entity.GetProperties().Select(p => AsText(p.GetColumnName())));
#pragma warning disable EF1002 // Names of the model's own tables and columns.
            var rows = await context.Database.SqlQueryRaw<string>($"SELECT {columns} AS \"Value\" FROM {entity.GetTableName()}").ToListAsync(Cancellation);
#pragma warning restore EF1002
            found.UnionWith(ForgottenPerson.Traces.Where(t => rows.Exists(r => r.Contains(t, StringComparison.Ordinal))));
        }

        return [.. found];
    }
}

public sealed class SqliteLeftRowsTests : LeftRowsTests<SqliteStoreFixture>
{
    protected override Func<DbContext> Contexts => SqliteStoreFixture.Contexts(Fixture.File).CreateDbContext;

    protected override string AsText(string column) => $"COALESCE(CAST(\"{column}\" AS TEXT), '')";
}

public sealed class PostgresLeftRowsTests : LeftRowsTests<PostgresStoreFixture>
{
    protected override Func<DbContext> Contexts => PostgresStoreFixture.Contexts(Fixture.Connection);

    protected override string AsText(string column) => $"COALESCE(\"{column}\"::text, '')";
}
