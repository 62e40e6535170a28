using System.Collections.Concurrent;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.Store.Conformance;

/// <summary>The simulation's seeds on a store: a simulation runs on one thread and waits on it for what the store does on others, so each thread has its own seeds.</summary>
public static class SeedConformance
{
    private const int Threads = 2;

    /// <param name="seeds">From 1 to this one.</param>
    /// <param name="run">Runs a seed on an empty store; beside the seed it is given the number of its thread.</param>
    public static void AssertEveryPromiseHolds(int seeds, Func<int, int, SimulationReport> run)
    {
        var broken = new ConcurrentBag<string>();
        var threads = Enumerable.Range(0, Threads).Select(place => new Thread(() => Run(place))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());

        Assert.True(broken.IsEmpty, string.Join('\n', broken));

        void Run(int place)
        {
            for (var seed = 1 + place; seed <= seeds; seed += Threads)
            {
                try
                {
                    var report = run(seed, place);
                    if (report.Violations.Count > 0)
                    {
                        broken.Add($"Seed {seed}: {string.Join("; ", report.Violations.Take(5))}");
                    }
                }
                catch (Exception failure)
                {
                    // On a thread of its own it would end the process, and hide which seed it was.
                    broken.Add($"Seed {seed}: {failure}");
                }
            }
        }
    }
}
