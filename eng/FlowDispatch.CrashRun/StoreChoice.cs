using System.Globalization;
using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.CrashRun;

/// <summary>A fresh store with the sample's settings for it: the only place of a run that knows one store from another.</summary>
internal sealed class StoreChoice : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess? _server;

    private StoreChoice(Dictionary<string, string> settings, ChildProcess? server = null) => (Settings, _server) = (settings, server);

    public Dictionary<string, string> Settings { get; }

    /// <summary>A fresh store that goes with <paramref name="directory"/>, its server started where it has one.</summary>
    /// <exception cref="UsageException">There is no such store, or nothing of it would be left after a kill.</exception>
    public static async Task<StoreChoice> StartAsync(string store, string directory, CancellationToken cancellationToken) => store switch
    {
        "sqlite" => new(new()
        {
            ["Storage__Provider"] = "Sqlite",
            ["Storage__ConnectionString"] = $"Data Source={Path.Combine(directory, "flow-dispatch.db")}",
        }),
        "postgres" => new(new()
        {
            ["Storage__Provider"] = "PostgreSql",
            ["Storage__ConnectionString"] = (await PostgresServer.SharedAsync()).Connection("crash_run"),
        }),
        "redis" => await StartRedisAsync(directory, cancellationToken),
        "memory" => throw new UsageException("--store is memory, which ends with its process: there is nothing that a kill could prove. Take sqlite, postgres or redis."),
        _ => throw new UsageException($"--store is {store}; this version has sqlite, postgres and redis."),
    };

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<StoreChoice> StartRedisAsync(string directory, CancellationToken cancellationToken)
    {
        var port = ChildProcess.FreePort();
        var server = ChildProcess.Start(
            "redis-server", directory, string.Create(CultureInfo.InvariantCulture, $"--port {port} --bind 127.0.0.1 --save \"\" --appendonly yes --appendfsync everysec"), []);
        await server.UntilAsync("Ready to accept connections", Patience, cancellationToken);
        return new(
            new()
            {
                ["Storage__Provider"] = "Redis",
                ["Storage__ConnectionString"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            },
            server);
    }
}
