using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.CrashRun;

/// <summary>A fresh store with the sample's settings for it: the only place of a run that knows one store from another.</summary>
internal sealed class StoreChoice : IAsyncDisposable
{
    private static int _databases;

    private readonly IAsyncDisposable? _server;

    private StoreChoice(string provider, string connection, IAsyncDisposable? server = null)
    {
        Settings = new(StringComparer.Ordinal) { ["Storage__Provider"] = provider, ["Storage__ConnectionString"] = connection };
        _server = server;
    }

    public Dictionary<string, string> Settings { get; }

    /// <summary>The server that nobody else uses, to be stopped and started.</summary>
    /// <exception cref="InvalidOperationException">The store has none of its own.</exception>
    public IStoreServer Server => _server as IStoreServer ?? throw new InvalidOperationException("This store has no single server of its own.");

    /// <summary>The cluster that the store lies on.</summary>
    /// <exception cref="InvalidOperationException">It lies on something else.</exception>
    public RedisCluster Cluster => _server as RedisCluster ?? throw new InvalidOperationException("This store lies on no cluster.");

    /// <summary>A fresh store that goes with <paramref name="directory"/>, or whose server ends with it.</summary>
    /// <param name="store">Its name on the command line.</param>
    /// <param name="directory">Where files go.</param>
    /// <param name="apart">Whether nobody else may use its server, so that it can be stopped.</param>
    /// <exception cref="UsageException">There is no such store, or nothing of it would be left after a kill.</exception>
    public static async Task<StoreChoice> StartAsync(string store, string directory, bool apart = false)
    {
        switch (store)
        {
            case "sqlite":
                return new("Sqlite", $"Data Source={Path.Combine(directory, "flow-dispatch.db")}");
            case "postgres":
                // The shared one ends with this process.
                var postgres = apart ? await PostgresServer.StartAsync() : await PostgresServer.SharedAsync();
                return new("PostgreSql", postgres.Connection($"run_{Interlocked.Increment(ref _databases)}"), apart ? postgres : null);
            case "redis":
                var redis = new RedisServer("--appendfsync always");
                await redis.StartAsync();
                return new("Redis", redis.Configuration, redis);
            case "redis-cluster":
                // A replica each, and no write counts that it has not heard of.
                var cluster = new RedisCluster(replicas: 1, "--appendfsync always");
                await cluster.StartAsync();
                return new("Redis", cluster.Configuration, cluster) { Settings = { ["Storage__AcknowledgingReplicas"] = "1" } };
            case "memory":
                throw new UsageException("--store is memory, which ends with its process: there is nothing that a kill could prove. Take sqlite, postgres, redis or redis-cluster.");
            default:
                throw new UsageException($"--store is {store}; this version has sqlite, postgres, redis and redis-cluster.");
        }
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
