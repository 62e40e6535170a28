using System.Diagnostics;
using System.Globalization;

namespace FlowDispatch.Store.Conformance.Servers;

/// <summary>A Redis Cluster on loopback: three masters, each with a third of the slots, and as many replicas of each as are asked for.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Masters = 3;
    private const int Slots = 16_384;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<RedisServer> _nodes;

    /// <param name="replicas">How many each master has.</param>
    /// <param name="settings">Further settings of every node, like <c>--appendfsync always</c>.</param>
    public RedisCluster(int replicas = 0, params string[] settings)
    {
        // Where nobody can take over, a master that a busy machine keeps waiting must not be given up.
        var patience = replicas == 0 ? "--cluster-node-timeout 15000" : "--cluster-node-timeout 2000";
        _nodes = [.. Enumerable.Range(0, Masters * (1 + replicas)).Select(_ => new RedisServer(["--cluster-enabled yes", patience, .. settings]))];
    }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <summary>How clients reach it.</summary>
    public string Configuration => string.Join(',', _nodes.Select(n => n.Configuration));

    /// <summary>Starts the nodes, makes them one cluster and waits until each says that all slots are served and every replica follows.</summary>
    public async Task StartAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.StartAsync()));
        for (var master = 0; master < Masters; master++)
        {
            var slots = Enumerable.Range(0, Slots).Where(slot => slot * Masters / Slots == master).Select(slot => slot.ToString(CultureInfo.InvariantCulture));
            await AskAsync(_nodes[master], ["cluster", "addslots", .. slots]);
            await AskAsync(_nodes[master], "cluster", "set-config-epoch", (master + 1).ToString(CultureInfo.InvariantCulture));
        }

        await MeetAsync();
        for (var replica = Masters; replica < _nodes.Count; replica++)
        {
            await AskAsync(_nodes[replica], "cluster", "replicate", (await AskAsync(_nodes[replica % Masters], "cluster", "myid")).Trim());
        }

        foreach (var node in _nodes)
        {
            await UntilAsync(
                async () => (await AskAsync(node, "cluster", "info")).Contains("cluster_state:ok", StringComparison.Ordinal), $"node {node.Port} serves all slots");
            await UntilAsync(
                async () => !await IsReplicaAsync(node) || (await AskAsync(node, "info", "replication")).Contains("master_link_status:up", StringComparison.Ordinal),
                $"node {node.Port} follows its master");
        }
    }

    /// <summary>The master that owns a key's slot, and a replica of it.</summary>
    public async Task<(RedisServer Master, RedisServer Replica)> OwnersAsync(string key)
    {
        var slot = int.Parse(await AskAsync(_nodes[0], "cluster", "keyslot", key), CultureInfo.InvariantCulture);
        var lines = await LinesAsync();
        var master = MasterOf(lines, slot);
        return (NodeOf(master), NodeOf(lines.First(l => l[3] == master[0])));
    }

    /// <summary>Lets a replica take its master's place in good order (<c>CLUSTER FAILOVER</c>): writes are held back until it has them all. Returns when it has, and the other follows it.</summary>
    public static async Task HandOverAsync(RedisServer replica)
    {
        await AskAsync(replica, "cluster", "failover");
        await PromotedAsync(replica);
        await UntilAsync(
            async () => (await AskAsync(replica, "info", "replication")).Contains("state=online", StringComparison.Ordinal), $"node {replica.Port} is followed");
    }

    /// <summary>Waits until a replica has become master and the cluster serves all slots.</summary>
    public static async Task PromotedAsync(RedisServer replica)
    {
        await UntilAsync(async () => !await IsReplicaAsync(replica), $"node {replica.Port} takes over");
        await UntilAsync(
            async () => (await AskAsync(replica, "cluster", "info")).Contains("cluster_state:ok", StringComparison.Ordinal), $"node {replica.Port} serves all slots");
    }

    /// <summary>Begins to move a key's slot to another master of a cluster without replicas, as <c>redis-cli --cluster reshard</c> does before it moves the first key. Returns the two, and the slot.</summary>
    public async Task<(RedisServer From, RedisServer To, string Slot)> BeginMoveAsync(string key)
    {
        var slot = (await AskAsync(_nodes[0], "cluster", "keyslot", key)).Trim();
        var from = NodeOf(MasterOf(await LinesAsync(), int.Parse(slot, CultureInfo.InvariantCulture)));
        var to = _nodes.First(n => n != from);
        await AskAsync(to, "cluster", "setslot", slot, "importing", (await AskAsync(from, "cluster", "myid")).Trim());
        await AskAsync(from, "cluster", "setslot", slot, "migrating", (await AskAsync(to, "cluster", "myid")).Trim());
        return (from, to, slot);
    }

    /// <summary>Moves what is left of the slot, and gives it to its new master.</summary>
    public async Task EndMoveAsync(RedisServer from, RedisServer to, string slot)
    {
        var port = to.Port.ToString(CultureInfo.InvariantCulture);
        while ((await AskAsync(from, "cluster", "getkeysinslot", slot, "100")).Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } keys)
        {
            await AskAsync(from, ["migrate", "127.0.0.1", port, "", "0", "5000", "keys", .. keys]);
        }

        var owner = (await AskAsync(to, "cluster", "myid")).Trim();
        foreach (var node in _nodes.OrderByDescending(n => n == to))
        {
            await AskAsync(node, "cluster", "setslot", slot, "node", owner);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    // redis-cli's own "--cluster create" introduces the nodes once and then waits for ever: where the machine stands still for
    // longer than their timeout in the middle of it, they forget each other.
    private Task MeetAsync() => UntilAsync(
        async () =>
        {
            foreach (var node in _nodes.Skip(1))
            {
                await AskAsync(_nodes[0], "cluster", "meet", "127.0.0.1", node.Port.ToString(CultureInfo.InvariantCulture));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            var known = await Task.WhenAll(_nodes.Select(node => AskAsync(node, "cluster", "nodes")));
            return known.All(nodes => nodes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => !line.Contains("handshake", StringComparison.Ordinal)) == _nodes.Count);
        },
        "all nodes know each other");

    private static async Task<bool> IsReplicaAsync(RedisServer node) =>
        (await AskAsync(node, "info", "replication")).Contains("role:slave", StringComparison.Ordinal);

    private async Task<List<string[]>> LinesAsync() =>
        [.. (await AskAsync(_nodes[0], "cluster", "nodes")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' '))];

    private static string[] MasterOf(List<string[]> lines, int slot) =>
        lines.Single(l => l[2].Contains("master", StringComparison.Ordinal) && l.Skip(8).Any(range => Owns(range, slot)));

    private static bool Owns(string range, int slot)
    {
        var ends = range.Split('-').Select(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToArray();
        return slot >= ends[0] && slot <= ends[^1];
    }

    // The second field is like 127.0.0.1:7001@17001.
    private RedisServer NodeOf(string[] line) => _nodes.Single(n => line[1].StartsWith(n.Configuration + "@", StringComparison.Ordinal));

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"It never came to be that {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static Task<string> AskAsync(RedisServer node, params string[] command) =>
        CommandAsync(["-p", node.Port.ToString(CultureInfo.InvariantCulture), .. command]);

    private static async Task<string> CommandAsync(IEnumerable<string> arguments)
    {
        using var command = Process.Start(new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("redis-cli did not start.");
        using var limit = new CancellationTokenSource(Patience);
        var output = await command.StandardOutput.ReadToEndAsync(limit.Token);
        await command.WaitForExitAsync(limit.Token);
        return command.ExitCode == 0 ? output : throw new InvalidOperationException($"redis-cli said: {output}");
    }
}
