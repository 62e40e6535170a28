using System.Collections.Concurrent;
using FlowDispatch.Store.Conformance.Servers;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class PostgresSimulationTests
{
    private const int Seeds = 60;
    private const int Threads = 2;

    [Fact]
    public async Task Every_promise_holds_over_sixty_seeds_on_a_server()
    {
        var server = await PostgresServer.SharedAsync();
        var broken = new ConcurrentBag<SimulationReport>();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(
            async () =>
            {
                var connection = server.Connection($"simulation_{thread}");
                using var migrated = PostgresStoreFixture.Open(connection, TimeProvider.System);
                await migrated.MigrateAsync(TestContext.Current.CancellationToken);
                for (var seed = 1 + thread; seed <= Seeds; seed += Threads)
                {
                    await PostgresStoreFixture.EmptyAsync(connection);
                    var report = Run(seed, connection);
                    if (report.Violations.Count > 0)
                    {
                        broken.Add(report);
                    }
                }
            },
            TestContext.Current.CancellationToken)));

        Assert.True(broken.IsEmpty, string.Join('\n', broken.OrderBy(r => r.Seed).Select(r => $"Seed {r.Seed}: {string.Join("; ", r.Violations.Take(5))}")));
    }

    // A simulation runs on one thread, and waits on it for what the store does on others.
    private static SimulationReport Run(int seed, string connection)
    {
        SimulationReport? report = null;
        var thread = new Thread(() => report = Simulation.Run(seed, clock => PostgresStoreFixture.Open(connection, clock)));
        thread.Start();
        thread.Join();
        return report!;
    }
}
