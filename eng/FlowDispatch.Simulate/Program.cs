// Runs seeds of the simulation and says which of them break a promise:
//   dotnet run -c Release --project eng/FlowDispatch.Simulate -- [--first N] [--seeds N] [--until-broken] [--trace]
using System.Collections.Concurrent;
using System.Diagnostics;
using FlowDispatch.Testing.Simulations;

var first = Number("--first", 1);
var seeds = Number("--seeds", 5_000);
var trace = args.Contains("--trace");
var untilBroken = args.Contains("--until-broken");
var watch = Stopwatch.StartNew();
var bad = new ConcurrentBag<SimulationReport>();
long handOvers = 0;
long seconds = 0;
var next = first - 1;
var threads = Enumerable.Range(0, Math.Min(Environment.ProcessorCount, seeds)).Select(_ => new Thread(Work, 16 << 20)).ToList();
threads.ForEach(t => t.Start());
threads.ForEach(t => t.Join());

foreach (var report in bad.OrderBy(r => r.Seed).Take(20))
{
    Console.WriteLine($"seed {report.Seed}: {report.Plan}");
    report.Trace.ToList().ForEach(Console.WriteLine);
    report.Violations.Take(10).ToList().ForEach(v => Console.WriteLine($"  {v}"));
}

Console.WriteLine($"{seeds} seeds from {first}: {bad.Count} broke a promise; {handOvers} messages, {TimeSpan.FromSeconds(seconds).TotalHours:0} simulated hours, {watch.Elapsed.TotalSeconds:0.0} s.");
return bad.IsEmpty ? 0 : 1;

void Work()
{
    int seed;
    while ((seed = Interlocked.Increment(ref next)) < first + seeds && !(untilBroken && !bad.IsEmpty))
    {
        SimulationReport report;
        try
        {
            report = Simulation.Run(seed, trace: trace);
        }
        catch (Exception failure)
        {
            report = new(seed, "", [failure.ToString()], [], "", 0, default);
        }

        Interlocked.Add(ref handOvers, report.HandOvers);
        Interlocked.Add(ref seconds, (long)report.Lasted.TotalSeconds);
        if (report.Violations.Count > 0 || (trace && seeds == 1))
        {
            bad.Add(report);
        }
    }
}

int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
