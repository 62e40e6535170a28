using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class SimulationTests
{
    [Fact]
    public void Every_promise_holds_over_two_hundred_seeds_on_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("flowdispatch-simulation-");
        try
        {
            SeedConformance.AssertEveryPromiseHolds(200, (seed, _) => Simulation.Run(seed, clock =>
            {
                var store = new SqliteStore(SqliteStoreFixture.Contexts(Path.Combine(folder.FullName, $"{seed}.db")).CreateDbContext, clock);
                store.MigrateAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                return store;
            }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
