using System.Diagnostics;

namespace FlowDispatch.Store.Conformance.Servers;

/// <summary>A Redis Cluster of three nodes on loopback, each with a third of the slots.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<RedisServer> _nodes = [.. Enumerable.Range(0, 3).Select(_ => new RedisServer("--cluster-enabled yes", "--cluster-node-timeout 2000"))];

    /// <summary>The nodes.</summary>
    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <summary>How clients reach it.</summary>
    public string Configuration => string.Join(',', _nodes.Select(n => n.Configuration));

    /// <summary>Starts the nodes, makes them one cluster and waits until each says that all slots are served.</summary>
    public async Task StartAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.StartAsync()));
        await CommandAsync(["--cluster", "create", .. _nodes.Select(n => n.Configuration), "--cluster-yes"]);
        var began = Stopwatch.GetTimestamp();
        foreach (var node in _nodes)
        {
            while (!(await CommandAsync(["-p", $"{node.Port}", "cluster", "info"])).Contains("cluster_state:ok", StringComparison.Ordinal))
            {
                if (Stopwatch.GetElapsedTime(began) > Patience)
                {
                    throw new InvalidOperationException("The cluster does not serve all slots.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static async Task<string> CommandAsync(IEnumerable<string> arguments)
    {
        using var command = Process.Start(new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("redis-cli did not start.");
        var output = await command.StandardOutput.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode == 0 ? output : throw new InvalidOperationException($"redis-cli said: {output}");
    }
}
