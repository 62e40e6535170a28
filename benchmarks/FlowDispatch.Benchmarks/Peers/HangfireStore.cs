using FlowDispatch.Store.Conformance.Servers;
using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Redis.StackExchange;
using Npgsql;
using StackExchange.Redis;

namespace FlowDispatch.Benchmarks.Peers;

/// <summary>Where Hangfire keeps its jobs, and where the recipients' rows lie. Its storages run on their defaults.</summary>
internal abstract class HangfireStore : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>A PostgreSQL server for the recipients' rows.</summary>
    public abstract string Rows { get; }

    /// <summary>The store that is named on the command line; on a server of its own where no connection is given.</summary>
    /// <exception cref="UsageException">There is none of this name, the connection can't be read, or a server is not installed.</exception>
    public static async Task<HangfireStore> ChooseAsync(string name, string? connection)
    {
        try
        {
            return name switch
            {
                "postgres" => new Postgres(new NpgsqlConnectionStringBuilder(connection ?? await RecipientTable.ServerAsync()).ConnectionString),
                "redis" => await Redis.OpenAsync(connection, await RecipientTable.ServerAsync()),
                _ => throw new UsageException($"--store {name} is unknown; the peer's stores are postgres and redis."),
            };
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--connection can't be read: {wrong.Message}");
        }
    }

    /// <summary>A storage for one run.</summary>
    public abstract JobStorage Open(RecipientTable rows);

    /// <summary>Removes what a run left, but for the rows' database.</summary>
    public virtual Task CleanUpAsync() => Task.CompletedTask;

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // In the rows' database, which goes with them.
    private sealed class Postgres(string server) : HangfireStore
    {
        public override string Name => "postgres";

        public override string Rows => server;

        public override JobStorage Open(RecipientTable rows)
        {
            var options = new PostgreSqlStorageOptions();
            return new PostgreSqlStorage(new NpgsqlConnectionFactory(rows.Connection, options), options);
        }
    }

    private sealed class Redis(ConnectionMultiplexer redis, RedisServer? server, string rows) : HangfireStore
    {
        private const int Chunk = 1_000;

        private readonly string _prefix = $"{{benchmark-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}}}:";

        public override string Name => "redis";

        public override string Rows => rows;

        public static async Task<Redis> OpenAsync(string? connection, string rows)
        {
            RedisServer? server = null;
            if (connection is null)
            {
                server = new RedisServer();
                await server.StartAsync();
            }

            return new(await ConnectionMultiplexer.ConnectAsync(connection ?? server!.Configuration), server, rows);
        }

        public override JobStorage Open(RecipientTable rows) => new RedisStorage(redis, new RedisStorageOptions { Prefix = _prefix });

        public override async Task CleanUpAsync()
        {
            foreach (var master in redis.GetServers().Where(s => s is { IsConnected: true, IsReplica: false }))
            {
                foreach (var keys in master.Keys(pattern: _prefix + "*", pageSize: Chunk).Chunk(Chunk))
                {
                    await redis.GetDatabase().KeyDeleteAsync(keys);
                }
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await redis.DisposeAsync();
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            await base.DisposeAsync();
        }
    }
}
