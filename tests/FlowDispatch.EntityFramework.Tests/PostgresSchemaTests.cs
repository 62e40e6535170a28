using System.Collections.Concurrent;
using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.Store.Conformance.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class PostgresSchemaTests
{
    private static int _databases;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Model_and_migrations_agree()
    {
        using var context = PostgresStoreFixture.Contexts("Host=unused")();

        Assert.False(context.Database.HasPendingModelChanges());

        // This provider's alone: the other one's have the same names.
        Assert.Distinct(context.Database.GetMigrations().Select(m => m[(m.IndexOf('_', StringComparison.Ordinal) + 1)..]));
    }

    [Fact]
    public async Task Eight_that_migrate_a_missing_database_at_once_make_one_schema()
    {
        var connection = await NewAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                using var store = Open(connection);
                await store.MigrateAsync(Cancellation);
            },
            Cancellation)));

        using var store = Open(connection);
        Assert.Null(await store.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_first_start_logs_no_error()
    {
        var errors = new ConcurrentQueue<string>();
        var options = new DbContextOptionsBuilder<FlowDispatchDbContext>().UseNpgsql(await NewAsync()).LogTo(errors.Enqueue, LogLevel.Error).Options;
        using var store = new PostgresStore(() => new FlowDispatchDbContext(options), TimeProvider.System);

        await store.MigrateAsync(Cancellation);

        Assert.Null(await store.CheckAsync(Cancellation));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_database_without_the_schema_is_not_ready_and_says_why()
    {
        using var store = Open(await NewAsync());

        Assert.Contains("migrate", await store.CheckAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_is_not_ready_and_says_why()
    {
        using var store = Open("Host=127.0.0.1;Port=1;Username=nobody;Timeout=2");

        Assert.Contains("can't be read", await store.CheckAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_a_newer_version_made_is_left_alone_and_is_not_ready()
    {
        var connection = await NewAsync();
        using var store = Open(connection);
        await store.MigrateAsync(Cancellation);
        await using var source = NpgsqlDataSource.Create(connection);
        await using var newer = source.CreateCommand("""INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Future', '99.0')""");
        await newer.ExecuteNonQueryAsync(Cancellation);

        await store.MigrateAsync(Cancellation);

        Assert.Contains("99990101000000_Future", await store.CheckAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_failed_keeps_no_other_process_from_migrating_once_the_cause_is_mended()
    {
        var connection = await NewAsync();
        var server = await PostgresServer.SharedAsync();
        await server.CreateAsync(new NpgsqlConnectionStringBuilder(connection).Database!);
        await using var source = NpgsqlDataSource.Create(connection);
        await RunAsync("CREATE TABLE fd_slices (x int)");
        using var first = Open(connection);
        await Assert.ThrowsAsync<PostgresException>(() => first.MigrateAsync(Cancellation));
        await RunAsync("DROP TABLE fd_slices");

        using var second = Open($"{connection};Command Timeout=5");
        await second.MigrateAsync(Cancellation);

        Assert.Null(await second.CheckAsync(Cancellation));

        async Task RunAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    private static PostgresStore Open(string connection) => PostgresStoreFixture.Open(connection, TimeProvider.System);

    private static async Task<string> NewAsync() => (await PostgresServer.SharedAsync()).Connection($"schema_{Interlocked.Increment(ref _databases)}");
}
