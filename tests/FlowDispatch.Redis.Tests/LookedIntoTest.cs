using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>A store under a prefix of its own on the shared server, and a connection beside it that looks at its keys.</summary>
public abstract class LookedIntoTest : IAsyncLifetime
{
    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    private protected string Prefix { get; } = $"looked{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}:";

    private protected RedisStore Store { get; private set; } = null!;

    private protected ConnectionMultiplexer Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var configuration = (await SharedServers.Single).Configuration;
        Redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        Store = new(new() { Configuration = configuration, KeyPrefix = Prefix }, Clock);
        await Store.MigrateAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
