using FlowDispatch.Store.Conformance;
using FlowDispatch.Store.Conformance.Servers;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class PostgresSimulationTests
{
    [Fact]
    public async Task Every_promise_holds_over_sixty_seeds_on_a_server()
    {
        var server = await PostgresServer.SharedAsync();
        SeedConformance.AssertEveryPromiseHolds(60, (seed, thread) =>
        {
            var connection = server.Connection($"simulation_{thread}");
            return Simulation.Run(seed, clock =>
            {
                var store = PostgresStoreFixture.Open(connection, clock);
                store.MigrateAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                PostgresStoreFixture.EmptyAsync(connection).GetAwaiter().GetResult();
                return store;
            });
        });
    }
}
