using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.CrashRun;

/// <summary>The sample's settings for each store: the only place of a run that knows one store from another.</summary>
internal static class StoreChoice
{
    /// <summary>Settings for a fresh store that goes with <paramref name="directory"/>.</summary>
    /// <remarks>PostgreSQL is a server of this process's own, which ends with it.</remarks>
    /// <exception cref="UsageException">There is no such store, or nothing of it would be left after a kill.</exception>
    public static Dictionary<string, string> Settings(string store, string directory) => store switch
    {
        "sqlite" => new()
        {
            ["Storage__Provider"] = "Sqlite",
            ["Storage__ConnectionString"] = $"Data Source={Path.Combine(directory, "flow-dispatch.db")}",
        },
        "postgres" => new()
        {
            ["Storage__Provider"] = "PostgreSql",
            ["Storage__ConnectionString"] = PostgresServer.SharedAsync().GetAwaiter().GetResult().Connection("crash_run"),
        },
        "memory" => throw new UsageException("--store is memory, which ends with its process: there is nothing that a kill could prove. Take sqlite or postgres."),
        _ => throw new UsageException($"--store is {store}; this version has sqlite and postgres."),
    };
}
