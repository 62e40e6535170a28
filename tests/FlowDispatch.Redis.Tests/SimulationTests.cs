using System.Collections.Concurrent;
using FlowDispatch.Store.Conformance.Servers;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.Redis.Tests;

public sealed class SimulationTests
{
    private const int Seeds = 150;
    private const int Threads = 2;

    [Fact]
    public async Task Every_promise_holds_over_a_hundred_and_fifty_seeds_on_a_server()
    {
        await using var server = new RedisServer();
        await server.StartAsync();
        var broken = new ConcurrentBag<SimulationReport>();
        var threads = Enumerable.Range(0, Threads).Select(first => new Thread(() => RunSeeds(1 + first))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());

        Assert.True(broken.IsEmpty, string.Join('\n', broken.OrderBy(r => r.Seed).Select(r => $"Seed {r.Seed}: {string.Join("; ", r.Violations.Take(5))}")));

        void RunSeeds(int first)
        {
            for (var seed = first; seed <= Seeds; seed += Threads)
            {
                var report = RunOnServer(seed);
                if (report.Violations.Count > 0)
                {
                    broken.Add(report);
                }
            }
        }

        SimulationReport RunOnServer(int seed)
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
}
