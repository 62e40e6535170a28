using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class RegistrationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flowdispatch-");

    private string Connection => $"Data Source={Path.Combine(_folder.FullName, "store.db")};Pooling=False";

    [Fact]
    public async Task One_call_makes_it_the_store_on_the_hosts_clock()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock);
        services.AddFlowDispatch().UseEntityFramework(o => o.UseSqlite(Connection));
        using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<IStore>();
        await store.MigrateAsync(TestContext.Current.CancellationToken);

        var grant = await store.Limits.TakeAsync("k", TimeSpan.FromSeconds(1), 1, TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Equal([clock.GetUtcNow()], grant.Permits);
        Assert.Same(store, provider.GetRequiredService<IStore>());
    }

    [Fact]
    public void Of_several_stores_the_last_one_counts()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseInMemory().UseEntityFramework(o => o.UseSqlite(Connection));
        using (var provider = services.BuildServiceProvider())
        {
            Assert.IsType<SqliteStore>(Assert.Single(provider.GetServices<IStore>()));
        }

        services.AddFlowDispatch().UseInMemory();
        using (var provider = services.BuildServiceProvider())
        {
            Assert.IsType<InMemoryStore>(Assert.Single(provider.GetServices<IStore>()));
        }
    }

    [Fact]
    public void Called_again_it_takes_the_newer_connection()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseEntityFramework(o => o.UseSqlite("Data Source=first.db")).UseEntityFramework(o => o.UseSqlite(Connection));
        using var provider = services.BuildServiceProvider();

        using var context = provider.GetRequiredService<IDbContextFactory<FlowDispatchDbContext>>().CreateDbContext();

        Assert.Equal(Connection, context.Database.GetConnectionString());
    }

    [Fact]
    public void A_database_that_each_connection_has_for_itself_is_refused()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseEntityFramework(o => o.UseSqlite("Data Source=:memory:"));
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<NotSupportedException>(provider.GetRequiredService<IStore>);

        Assert.Contains("UseInMemory()", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SQLite_over_a_connection_that_is_none_of_its_own_is_refused()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseEntityFramework(o => o.UseSqlite(new NpgsqlConnection("Host=localhost")));
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<NotSupportedException>(provider.GetRequiredService<IStore>);

        Assert.Contains("over a Npgsql.NpgsqlConnection", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("UseSqlite(", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_SQLite_connection_for_all_contexts_is_refused()
    {
        using var connection = new SqliteConnection(Connection);
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseEntityFramework(o => o.UseSqlite(connection));
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<NotSupportedException>(provider.GetRequiredService<IStore>);

        Assert.Contains("one SqliteConnection for all contexts", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("a connection string", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PostgreSQL_with_retries_of_EF_Cores_own_is_refused()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseEntityFramework(o => o.UseNpgsql("Host=localhost", n => n.EnableRetryOnFailure()));
        using var provider = services.BuildServiceProvider();

        var refusal = Assert.Throws<NotSupportedException>(provider.GetRequiredService<IStore>);

        Assert.Contains("take EnableRetryOnFailure() out", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_on_SQLite_is_refused_before_anything_is_written()
    {
        var services = new ServiceCollection();
        services.AddFlowDispatch().UseEntityFramework(o => o.UseSqlite(Connection));
        using var provider = services.BuildServiceProvider();
        await using var context = await provider.GetRequiredService<IDbContextFactory<FlowDispatchDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);

        var refusal = Assert.Throws<NotSupportedException>(context.ShareTransactionWithFlowDispatch);

        Assert.Contains("needs PostgreSQL", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("idempotency key", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
