using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using FlowDispatch.Tracking;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A host's own context, with its own table beside FlowDispatch's in a schema, on PostgreSQL.</summary>
public sealed class HostContextTests : IAsyncLifetime
{
    private static int _databases;

    private ServiceProvider _services = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IStore Store => _services.GetRequiredService<IStore>();

    public async ValueTask InitializeAsync()
    {
        var connection = (await PostgresServer.SharedAsync()).Connection($"host_{Interlocked.Increment(ref _databases)}");
        var services = new ServiceCollection();
        services.AddDbContextFactory<ShopContext>(o => o.UseNpgsql(connection));
        services.AddFlowDispatch().UseEntityFramework<ShopContext>();
        _services = services.BuildServiceProvider();
        await using var shop = await ShopAsync();
        await shop.Database.EnsureCreatedAsync(Cancellation);
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task An_execution_runs_in_the_hosts_schema()
    {
        var execution = await StartAsync(await AutomationAsync());
        var people = await Store.Contacts.UpsertAsync(Some.Organization, [Some.Upsert(0)], ContactUpdateMode.Fill, revive: false, Cancellation);
        var plan = (await Store.Executions.LeasePlanAsync("node", TimeSpan.FromMinutes(1), Cancellation))!;
        await Store.Executions.AppendPlanAsync(
            plan, new() { Recipients = [Some.Planned(people[0].Contact)], SliceSize = 10, Finished = true, Position = null, At = TimeProvider.System.GetUtcNow() }, Cancellation);

        var lease = (await Store.Claims.LeaseAsync(execution.Number, "node", 1, TimeSpan.FromMinutes(1), Cancellation))!;

        Assert.Single(await Store.Claims.ClaimAsync(lease, 10, cancellationToken: Cancellation));
        Assert.Null(await Store.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_rollback_of_the_hosts_transaction_leaves_nothing_of_a_start()
    {
        var automation = await AutomationAsync();
        await using var shop = await ShopAsync();
        await using (var transaction = await shop.Database.BeginTransactionAsync(Cancellation))
        {
            shop.Add(new Order { Id = 1 });
            await shop.SaveChangesAsync(Cancellation);
            using (shop.ShareTransactionWithFlowDispatch())
            {
                await StartAsync(automation);
            }

            await transaction.RollbackAsync(Cancellation);
        }

        Assert.Equal(0, (await Store.Executions.ListAsync(Some.Organization, automation.Id, new(10), Cancellation)).Total);
        Assert.Equal(AutomationStatus.Draft, (await Store.Automations.FindAsync(Some.Organization, automation.Id, Cancellation))!.Status);
        Assert.Equal(0, await shop.Set<Order>().CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_commit_of_the_hosts_transaction_starts_the_execution_and_nobody_sees_it_before()
    {
        var automation = await AutomationAsync();
        await using var shop = await ShopAsync();
        await using var transaction = await shop.Database.BeginTransactionAsync(Cancellation);
        shop.Add(new Order { Id = 2 });
        await shop.SaveChangesAsync(Cancellation);
        using (shop.ShareTransactionWithFlowDispatch())
        {
            await StartAsync(automation);
        }

        Assert.Equal(0, (await Store.Executions.ListAsync(Some.Organization, automation.Id, new(10), Cancellation)).Total);
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(1, (await Store.Executions.ListAsync(Some.Organization, automation.Id, new(10), Cancellation)).Total);
    }

    // Many callers' receipts are written as one, and each was promised that its own survive.
    [Fact]
    public async Task What_is_handed_in_is_kept_whatever_becomes_of_the_hosts_transaction()
    {
        await using var shop = await ShopAsync();
        await using (var transaction = await shop.Database.BeginTransactionAsync(Cancellation))
        {
            using (shop.ShareTransactionWithFlowDispatch())
            {
                await Store.Inbox.AppendAsync([Some.Receipt(TimeProvider.System, ReceiptStatus.Read)], TimeProvider.System.GetUtcNow(), Cancellation);
            }

            await transaction.RollbackAsync(Cancellation);
        }

        Assert.Single(await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 10, Cancellation));
    }

    [Fact]
    public async Task A_context_without_a_transaction_has_none_to_share()
    {
        await using var shop = await ShopAsync();

        Assert.Throws<InvalidOperationException>(shop.ShareTransactionWithFlowDispatch);
    }

    [Fact]
    public async Task Another_process_hears_of_a_start_once_it_is_committed()
    {
        var automation = await AutomationAsync();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = ((IStoreSignals)Store).ListenAsync(() => heard.TrySetResult(), ending.Token);

        // Whether it listens already can't be asked; so it is told until it hears.
        while (!heard.Task.IsCompleted)
        {
            await StartAsync(automation);
        }

        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    private Task<ShopContext> ShopAsync() => _services.GetRequiredService<IDbContextFactory<ShopContext>>().CreateDbContextAsync(Cancellation);

    private async Task<Automation> AutomationAsync()
    {
        var automation = Some.Automation(TimeProvider.System);
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        return automation;
    }

    private async Task<Execution> StartAsync(Automation automation) =>
        (await Store.Executions.CreateAsync(Some.Execution(TimeProvider.System, automation), cancellationToken: Cancellation)).Execution!;

    public sealed class Order
    {
        public int Id { get; set; }
    }

    public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Order>().Property(o => o.Id).ValueGeneratedNever();
            modelBuilder.AddFlowDispatch("dispatch");
        }
    }
}
