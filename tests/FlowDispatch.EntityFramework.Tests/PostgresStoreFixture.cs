using System.Collections.Concurrent;
using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>A store on a migrated database of the shared server, empty at first; databases are emptied and used again.</summary>
public sealed class PostgresStoreFixture : IStoreFixture
{
    private static readonly ConcurrentBag<string> Free = [];
    private static int _made;

    private readonly List<PostgresStore> _stores = [];
    private TimeProvider _time = TimeProvider.System;

    /// <summary>How to reach the database.</summary>
    internal string Connection { get; private set; } = "";

    public async Task<IStore> CreateAsync(TimeProvider time)
    {
        _time = time;
        var server = await PostgresServer.SharedAsync();
        if (Free.TryTake(out var database))
        {
            Connection = server.Connection(database);
            await EmptyAsync(Connection);
        }
        else
        {
            Connection = server.Connection($"flowdispatch_{Interlocked.Increment(ref _made)}");
            await Open(Connection, TimeProvider.System).MigrateAsync(TestContext.Current.CancellationToken);
        }

        return await ReopenAsync();
    }

    public Task<IStore> ReopenAsync()
    {
        var store = Open(Connection, _time);
        _stores.Add(store);
        return Task.FromResult<IStore>(store);
    }

    public ValueTask DisposeAsync()
    {
        _stores.ForEach(s => s.Dispose());
        Free.Add(new NpgsqlConnectionStringBuilder(Connection).Database!);
        return ValueTask.CompletedTask;
    }

    internal static PostgresStore Open(string connection, TimeProvider time) => new(Contexts(connection), time);

    internal static Func<DbContext> Contexts(string connection)
    {
        var options = new DbContextOptionsBuilder<FlowDispatchDbContext>().UseNpgsql(connection).Options;
        return () => new FlowDispatchDbContext(options);
    }

    /// <summary>Empties all tables, as fast as the few rows that a test leaves allow.</summary>
    internal static async Task EmptyAsync(string connection)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand("""
            DO $$ DECLARE t text; BEGIN
                FOR t IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'fd\_%' LOOP EXECUTE format('TRUNCATE %I RESTART IDENTITY', t); END LOOP;
            END $$
            """);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
