using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.Redis.Tests;

/// <summary>One server and one cluster for all tests of a run, each started when it is first asked for. They end with the process.</summary>
internal static class SharedServers
{
    private static readonly Lazy<Task<RedisServer>> SingleServer = new(async () =>
    {
        var server = new RedisServer();
        await server.StartAsync();
        return server;
    });

    private static readonly Lazy<Task<RedisCluster>> ClusterOfThree = new(async () =>
    {
        var cluster = new RedisCluster();
        await cluster.StartAsync();
        return cluster;
    });

    public static Task<RedisServer> Single => SingleServer.Value;

    public static Task<RedisCluster> Cluster => ClusterOfThree.Value;
}
