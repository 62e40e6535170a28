using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis;

/// <summary>The layout's number in Redis, and whether each server keeps what it is told.</summary>
internal static class RedisLayout
{
    private const int Current = 1;

    public static async Task MigrateAsync(RedisConnection connection)
    {
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

        foreach (var server in open.GetServers().Where(s => s is { IsConnected: true, IsReplica: false }))
        {
            if (await CheckAsync(server).ConfigureAwait(false) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static async Task<string?> CheckAsync(IServer server)
    {
        var persistence = await server.InfoAsync("persistence").ConfigureAwait(false);
        var values = persistence.SelectMany(section => section).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        if (values.GetValueOrDefault("aof_enabled") != "1")
        {
            return $"Redis {server.EndPoint} writes no append-only file, so a restart would lose what was acknowledged: set appendonly yes.";
        }

        return values.GetValueOrDefault("aof_last_write_status") is "ok" or null
            ? null
            : $"Redis {server.EndPoint} can't write its append-only file: {values["aof_last_write_status"]}.";
    }

    private static RedisKey Key(RedisConnection connection) => connection.Shared.Append("layout");
}
