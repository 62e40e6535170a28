using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Redis.Tests;

/// <summary>Stores under a prefix of their own on the shared server.</summary>
public class RedisStoreFixture : IStoreFixture
{
    private static int _count;

    private readonly string _prefix = $"test{Interlocked.Increment(ref _count)}:";
    private readonly List<RedisStore> _stores = [];
    private TimeProvider _time = TimeProvider.System;

    public async Task<IStore> CreateAsync(TimeProvider time)
    {
        _time = time;
        var store = await ReopenAsync();
        await store.MigrateAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public async Task<IStore> ReopenAsync()
    {
        var store = new RedisStore(new() { Configuration = await ConfigurationAsync(), KeyPrefix = _prefix }, _time);
        _stores.Add(store);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected virtual async Task<string> ConfigurationAsync() => (await SharedServers.Single).Configuration;
}

/// <summary>The same on the cluster.</summary>
public sealed class RedisClusterFixture : RedisStoreFixture
{
    protected override async Task<string> ConfigurationAsync() => (await SharedServers.Cluster).Configuration;
}
