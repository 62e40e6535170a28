using System.Globalization;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis;

/// <summary>The layout's number in Redis, and whether each server keeps what it is told.</summary>
internal static class RedisLayout
{
    private const int Current = 1;

    public static async Task MigrateAsync(RedisConnection connection)
    {
        // Not waited for at replicas: a host may start before they do, and each start writes it where it is missing.
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.StringSetAsync(Key(connection), Current, when: When.NotExists).ConfigureAwait(false);
    }

    /// <summary>Null when all is well, otherwise what is wrong.</summary>
    public static async Task<string?> CheckAsync(RedisConnection connection)
    {
        var open = await connection.OpenAsync().ConfigureAwait(false);
        var layout = await open.GetDatabase().StringGetAsync(Key(connection)).ConfigureAwait(false);
        if (layout.IsNull)
        {
            return "Redis holds no FlowDispatch data under this prefix yet: call MigrateAsync.";
        }

        if (layout != Current)
        {
            return $"Redis holds layout {layout}, this version reads layout {Current}.";
        }

        // Changes nothing, and is refused where all writes are: too little memory, too few replicas, a replica in a master's place.
        await open.GetDatabase().StringSetAsync(Key(connection), Current, when: When.NotExists).ConfigureAwait(false);

        foreach (var (server, replication) in await MastersAsync(open).ConfigureAwait(false))
        {
            if (await CheckAsync(server, replication, connection.AcknowledgingReplicas).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    // Each server is asked itself: who is master the client looks up when it connects, and then once a minute, from a node that
    // may not have heard yet. A server that makes room for its replica in good order breaks no connection, so that the client
    // would hold it for the master until then; it looks anew.
    private static async Task<List<(IServer Server, Dictionary<string, string> Replication)>> MastersAsync(ConnectionMultiplexer open)
    {
        var (masters, changed) = (new List<(IServer, Dictionary<string, string>)>(), false);
        foreach (var server in open.GetServers().Where(s => s.IsConnected))
        {
            var replication = await ReadAsync(server, "replication").ConfigureAwait(false);
            if (replication.GetValueOrDefault("role") == "master")
            {
                masters.Add((server, replication));
            }
            else
            {
                changed |= !server.IsReplica;
            }
        }

        if (changed)
        {
            await open.ConfigureAsync().ConfigureAwait(false);
        }

        return masters;
    }

    private static async Task<string?> CheckAsync(IServer server, Dictionary<string, string> replication, int replicas)
    {
        var values = await ReadAsync(server, "persistence").ConfigureAwait(false);
        if (values.GetValueOrDefault("aof_enabled") != "1")
        {
            return $"Redis {server.EndPoint} writes no append-only file, so a restart would lose what was acknowledged: set appendonly yes.";
        }

        if (values.GetValueOrDefault("aof_last_write_status") is not ("ok" or null))
        {
            return $"Redis {server.EndPoint} can't write its append-only file: {values["aof_last_write_status"]}.";
        }

        var memory = await ReadAsync(server, "memory").ConfigureAwait(false);
        if (memory.GetValueOrDefault("maxmemory") is not ("0" or null) && memory.GetValueOrDefault("maxmemory_policy") is not ("noeviction" or null))
        {
            return $"Redis {server.EndPoint} drops keys when its memory is full (maxmemory-policy {memory["maxmemory_policy"]}), so that people and outcomes would be gone: set maxmemory-policy noeviction.";
        }

        var connected = replication.GetValueOrDefault("connected_slaves");
        return replicas == 0 || (int.TryParse(connected, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= replicas)
            ? null
            : $"Redis {server.EndPoint} has {connected} replicas, and AcknowledgingReplicas asks for {replicas}: nothing is written meanwhile.";
    }

    private static async Task<Dictionary<string, string>> ReadAsync(IServer server, string section) =>
        (await server.InfoAsync(section).ConfigureAwait(false)).SelectMany(s => s).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    private static RedisKey Key(RedisConnection connection) => connection.Shared.Append("layout");
}
