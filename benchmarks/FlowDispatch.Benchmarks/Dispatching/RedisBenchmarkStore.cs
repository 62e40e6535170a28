using FlowDispatch.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>Redis under a prefix of its own for each run, whose keys are deleted afterwards.</summary>
internal sealed class RedisBenchmarkStore : BenchmarkStore
{
    private const int Chunk = 1_000;

    private readonly string _connection;
    private readonly string _prefix;

    /// <param name="connection">As StackExchange.Redis reads it; null for a server on this machine at its usual port.</param>
    /// <param name="place">The prefix; null for one of its own.</param>
    public RedisBenchmarkStore(string? connection, string? place = null)
    {
        _prefix = place ?? $"benchmark-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}:";
        _connection = connection ?? "127.0.0.1:6379";
        try
        {
            ConfigurationOptions.Parse(_connection);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"--connection can't be read: {wrong.Message}");
        }
    }

    public override string Name => "redis";

    public override string Connection => _connection;

    public override string Place => _prefix;

    public override void Register(FlowDispatchBuilder builder) => builder.UseRedis(options =>
    {
        options.Configuration = _connection;
        options.KeyPrefix = _prefix;
    });

    public override void CleanUp()
    {
        using var redis = ConnectionMultiplexer.Connect(_connection + ",allowAdmin=false");
        foreach (var server in redis.GetServers().Where(s => s is { IsConnected: true, IsReplica: false }))
        {
            foreach (var keys in server.Keys(pattern: _prefix + "*", pageSize: Chunk).Chunk(Chunk))
            {
                var database = redis.GetDatabase();
                Task.WaitAll([.. keys.Select(key => database.KeyDeleteAsync(key))]);
            }
        }
    }
}
