using System.Globalization;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Connection;

/// <summary>The one connection of a store, opened when it is first needed, and the scripts that run over it.</summary>
internal sealed class RedisConnection(RedisStoreOptions options, TimeProvider time) : IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile ConnectionMultiplexer? _open;

    /// <summary>What scripts are told of the time: nothing where Redis's own clock counts, which all nodes share.</summary>
    public RedisValue Now => time == TimeProvider.System ? RedisValue.EmptyString : Instant.Of(time.GetUtcNow());

    /// <summary>Whether keys with different tags may lie on different servers.</summary>
    public bool IsCluster { get; private set; }

    /// <summary>Whether Redis's own clock counts.</summary>
    public bool OwnClock => time == TimeProvider.System;

    /// <summary>What the store's clock shows.</summary>
    public async ValueTask<DateTimeOffset> NowAsync()
    {
        if (!OwnClock)
        {
            return time.GetUtcNow();
        }

        var database = await DatabaseAsync().ConfigureAwait(false);
        var parts = (RedisValue[])(await database.ExecuteAsync("TIME").ConfigureAwait(false))!;
        return DateTimeOffset.FromUnixTimeSeconds((long)parts[0]).AddMicroseconds((long)parts[1]);
    }

    public async ValueTask<IDatabase> DatabaseAsync() => (await OpenAsync().ConfigureAwait(false)).GetDatabase();

    public async ValueTask<ConnectionMultiplexer> OpenAsync()
    {
        if (_open is { } open)
        {
            return open;
        }

        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_open is { } opened)
            {
                return opened;
            }

            var configuration = ConfigurationOptions.Parse(options.Configuration);
            configuration.AbortOnConnectFail = false; // a host may start before its Redis does
            configuration.BacklogPolicy = BacklogPolicy.FailFast; // the engine tries again; nothing is to be sent late
            configuration.ReconnectRetryPolicy = new LinearRetry(500);
            configuration.AllowAdmin = true; // for INFO, which StackExchange.Redis counts among these: CheckAsync asks for nothing else
            configuration.ClientName ??= "FlowDispatch";
            var connected = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);

            // Where no server answered yet it counts as a cluster, which only costs a round trip a commit.
            IsCluster = !connected.GetServers().Any(s => s.IsConnected) || connected.GetServers().Any(s => s.ServerType == ServerType.Cluster);
            return _open = connected;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The root of all keys that belong together and lie in one slot.</summary>
    public RedisKey Root(string tag) => $"{options.KeyPrefix}{{{tag}}}:";

    /// <summary>The root of one execution.</summary>
    public RedisKey Root(int execution) => Root(execution.ToString(CultureInfo.InvariantCulture));

    /// <summary>The root of what nodes share: numbers, the open executions, suppressions, held buckets.</summary>
    public RedisKey Shared => Root("shared");

    /// <summary>The root of what providers told us and who listens to them.</summary>
    public RedisKey Inbox => Root("inbox");

    public Task<RedisResult> RunAsync(RedisScript script, RedisKey root, ScriptArguments arguments, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return RunAsync(script, root, arguments.ToArray());
    }

    private async Task<RedisResult> RunAsync(RedisScript script, RedisKey root, RedisValue[] values)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        RedisKey[] keys = [root];
        try
        {
            return await database.ScriptEvaluateAsync(script.Hash, keys, values).ConfigureAwait(false);
        }
        catch (RedisServerException unknown) when (unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // A server that was started anew, or never asked before. It ran nothing yet, so asking again repeats nothing.
            return await database.ScriptEvaluateAsync(script.Text, keys, values).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_open is { } open)
        {
            await open.DisposeAsync().ConfigureAwait(false);
        }

        _opening.Dispose();
    }

    public void Dispose()
    {
        _open?.Dispose();
        _opening.Dispose();
    }
}
