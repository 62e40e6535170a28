using System.Collections.Concurrent;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class SimulationTests
{
    private const int Seeds = 200;
    private const int Threads = 2;

    [Fact]
    public void Every_promise_holds_over_two_hundred_seeds_on_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("flowdispatch-simulation-");
        try
        {
            var broken = new ConcurrentBag<SimulationReport>();
            var threads = Enumerable.Range(0, Threads).Select(first => new Thread(() => RunSeeds(1 + first))).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());

            Assert.True(broken.IsEmpty, string.Join('\n', broken.OrderBy(r => r.Seed).Select(r => $"Seed {r.Seed}: {string.Join("; ", r.Violations.Take(5))}")));

            void RunSeeds(int first)
            {
                for (var seed = first; seed <= Seeds; seed += Threads)
                {
                    var report = RunOnFile(seed);
                    if (report.Violations.Count > 0)
                    {
                        broken.Add(report);
                    }
                }
            }

            SimulationReport RunOnFile(int seed)
            {
                var file = Path.Combine(folder.FullName, $"{seed}.db");
                return Simulation.Run(seed, clock =>
                {
                    var store = new SqliteStore(SqliteStoreFixture.Contexts(file).CreateDbContext, clock);
                    store.MigrateAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                    return store;
                });
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
