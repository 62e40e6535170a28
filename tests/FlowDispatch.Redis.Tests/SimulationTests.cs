using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.Redis.Tests;

public sealed class SimulationTests
{
    [Fact]
    public async Task Every_promise_holds_over_a_hundred_and_fifty_seeds_on_a_server()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        SeedConformance.AssertEveryPromiseHolds(150, (seed, _) => Run(seed, server));
    }

    private static SimulationReport Run(int seed, RedisServer server)
    {
        RedisStore? store = null;
        try
        {
            return Simulation.Run(seed, clock =>
            {
                store = new(new() { Configuration = server.Configuration, KeyPrefix = $"seed{seed}:" }, clock);
                store.MigrateAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                return store;
            });
        }
        finally
        {
            store?.Dispose();
        }
    }
}
