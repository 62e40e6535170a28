using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

public sealed class CheckTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_without_an_append_only_file_is_named()
    {
        await using var server = new RedisServer("--appendonly no");
        await server.StartAsync();
        await using var store = new RedisStore(new() { Configuration = server.Configuration }, TimeProvider.System);
        await store.MigrateAsync(Cancellation);

        var problem = await store.CheckAsync(Cancellation);

        Assert.Contains("append-only file", problem, StringComparison.Ordinal);
        Assert.Contains("appendonly yes", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_refuses_all_writes_is_not_ready()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var store = new RedisStore(new() { Configuration = server.Configuration }, TimeProvider.System);
        await store.MigrateAsync(Cancellation);
        await using var operatorConnection = await ConnectionMultiplexer.ConnectAsync(server.Configuration + ",allowAdmin=true");
        await operatorConnection.GetServers()[0].ConfigSetAsync("min-replicas-to-write", 1);

        Assert.Contains("NOREPLICAS", await store.CheckAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allkeys-lru", "100mb", true)]
    [InlineData("volatile-ttl", "100mb", true)]
    [InlineData("noeviction", "100mb", false)]
    [InlineData("allkeys-lru", "0", false)]
    public async Task A_server_that_drops_keys_when_its_memory_is_full_is_not_ready(string policy, string memory, bool told)
    {
        await using var server = new RedisServer($"--maxmemory {memory}", $"--maxmemory-policy {policy}");
        await server.StartAsync();
        await using var store = new RedisStore(new() { Configuration = server.Configuration }, TimeProvider.System);
        await store.MigrateAsync(Cancellation);

        var problem = await store.CheckAsync(Cancellation);

        Assert.Equal(told, problem is not null);
        Assert.True(!told || (problem!.Contains(policy, StringComparison.Ordinal) && problem.Contains("maxmemory-policy noeviction", StringComparison.Ordinal)), problem);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    public void Replicas_that_nobody_has_stop_the_host(int replicas)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddFlowDispatch().UseRedis(options => (options.Configuration, options.AcknowledgingReplicas) = ("localhost", replicas));
        using var provider = services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<RedisStoreOptions>>().Value);

        Assert.Contains($"AcknowledgingReplicas is {replicas}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_server_is_to_be_migrated_and_is_well_then()
    {
        await using var store = new RedisStore(new() { Configuration = (await SharedServers.Single).Configuration, KeyPrefix = "check:" }, TimeProvider.System);
        Assert.Contains("MigrateAsync", await store.CheckAsync(Cancellation), StringComparison.Ordinal);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => store.MigrateAsync(Cancellation)));

        Assert.Null(await store.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task All_nodes_of_a_cluster_are_checked()
    {
        await using var store = new RedisStore(new() { Configuration = (await SharedServers.Cluster).Configuration, KeyPrefix = "check:" }, TimeProvider.System);
        await store.MigrateAsync(Cancellation);

        Assert.Null(await store.CheckAsync(Cancellation));
    }

    [Theory]
    [InlineData("", "fd:", "Configuration is empty")]
    [InlineData("localhost", "", "KeyPrefix")]
    [InlineData("localhost", "{app}:", "no braces")]
    [InlineData("localhost,nonsense=1", "fd:", "can't be read")]
    public void Options_that_can_not_work_stop_the_host(string configuration, string prefix, string told)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddFlowDispatch().UseRedis(options => (options.Configuration, options.KeyPrefix) = (configuration, prefix));
        using var provider = services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<RedisStoreOptions>>().Value);

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_is_all_that_a_host_needs()
    {
        using var provider = new ServiceCollection().AddLogging().AddFlowDispatch().UseRedis("localhost:1").Services.BuildServiceProvider();

        Assert.IsType<RedisStore>(provider.GetRequiredService<IStore>());
    }
}
