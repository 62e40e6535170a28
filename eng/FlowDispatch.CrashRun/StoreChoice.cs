using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.CrashRun;

/// <summary>A fresh store with the sample's settings for it: the only place of a run that knows one store from another.</summary>
internal sealed class StoreChoice : IAsyncDisposable
{
    private readonly IAsyncDisposable? _server;

    private StoreChoice(string provider, string connection, IAsyncDisposable? server = null)
    {
        Settings = new() { ["Storage__Provider"] = provider, ["Storage__ConnectionString"] = connection };
        _server = server;
    }

    public Dictionary<string, string> Settings { get; }

    /// <summary>A fresh store that goes with <paramref name="directory"/>, or whose server ends with it.</summary>
    /// <exception cref="UsageException">There is no such store, or nothing of it would be left after a kill.</exception>
    public static async Task<StoreChoice> StartAsync(string store, string directory)
    {
        switch (store)
        {
            case "sqlite":
                return new("Sqlite", $"Data Source={Path.Combine(directory, "flow-dispatch.db")}");
            case "postgres":
                // It ends with this process.
                return new("PostgreSql", (await PostgresServer.SharedAsync()).Connection("crash_run"));
            case "redis":
                var redis = new RedisServer();
                await redis.StartAsync();
                return new("Redis", redis.Configuration, redis);
            case "memory":
                throw new UsageException("--store is memory, which ends with its process: there is nothing that a kill could prove. Take sqlite, postgres or redis.");
            default:
                throw new UsageException($"--store is {store}; this version has sqlite, postgres and redis.");
        }
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
