using System.Globalization;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Connection;

/// <summary>The one connection of a store, opened when it is first needed, and the scripts that run over it.</summary>
internal sealed class RedisConnection(RedisStoreOptions options, TimeProvider time) : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan ReplicaPatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile ConnectionMultiplexer? _open;

    /// <summary>What scripts are told of the time: nothing where Redis's own clock counts, which all nodes share.</summary>
    public RedisValue Now => time == TimeProvider.System ? RedisValue.EmptyString : Instant.Of(time.GetUtcNow());

    /// <summary>Whether keys with different tags may lie on different servers.</summary>
    public bool IsCluster { get; private set; }

    /// <summary>How many replicas must have a write.</summary>
    public int AcknowledgingReplicas => options.AcknowledgingReplicas;

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
    public RedisKey Root(string tag) => $"{options.KeyPrefix}{{{Encoded(tag)}}}:";

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

    /// <summary>Makes one write to a key's slot; done when as many replicas as are asked for have it.</summary>
    /// <exception cref="RedisException">Too few replicas said so in time, or the slot moved meanwhile: the write may be made, and may be lost.</exception>
    public async Task<T> WriteAsync<T>(RedisKey key, Func<IDatabase, Task<T>> write)
    {
        var open = await OpenAsync().ConfigureAwait(false);
        if (options.AcknowledgingReplicas == 0)
        {
            return await write(open.GetDatabase()).ConfigureAwait(false);
        }

        var master = open.GetServer(key, flags: CommandFlags.DemandMaster);
        var written = await write(open.GetDatabase()).ConfigureAwait(false);

        // WAIT speaks of what its own connection wrote. So it goes to the server that was asked before, and counts only if
        // that is the one which took the write: it is not where the answer was that the slot lies elsewhere by now.
        var acknowledged = (int)await master.ExecuteAsync("WAIT", options.AcknowledgingReplicas, (long)ReplicaPatience.TotalMilliseconds).ConfigureAwait(false);
        var moved = !Equals(open.GetServer(key, flags: CommandFlags.DemandMaster).EndPoint, master.EndPoint);
        return acknowledged >= options.AcknowledgingReplicas && !moved
            ? written
            : throw new RedisException($"A write to Redis {master.EndPoint} has reached {acknowledged} replicas within {ReplicaPatience.TotalSeconds} s; AcknowledgingReplicas asks for {options.AcknowledgingReplicas}.");
    }

    // Redis takes what stands between the first two braces for the tag: those that an id brings along are written otherwise. No two
    // tags are written alike, and those without braces as they are, unless one looks like what is written for a brace.
    private static string Encoded(string tag) => tag.AsSpan().IndexOfAny('{', '}', '%') < 0
        ? tag
        : tag.Replace("%25", "%2525", StringComparison.Ordinal).Replace("%7B", "%257B", StringComparison.Ordinal).Replace("%7D", "%257D", StringComparison.Ordinal)
            .Replace("{", "%7B", StringComparison.Ordinal).Replace("}", "%7D", StringComparison.Ordinal);

    private Task<RedisResult> RunAsync(RedisScript script, RedisKey root, RedisValue[] values)
    {
        RedisKey[] keys = [root];
        return WriteAsync(root, async database =>
        {
            try
            {
                return await database.ScriptEvaluateAsync(script.Hash, keys, values).ConfigureAwait(false);
            }
            catch (RedisServerException unknown) when (unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                // A server that was started anew, or never asked before. It ran nothing yet, so asking again repeats nothing.
                return await database.ScriptEvaluateAsync(script.Text, keys, values).ConfigureAwait(false);
            }
        });
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
