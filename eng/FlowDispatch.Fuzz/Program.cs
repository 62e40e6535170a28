// Reads and renders hostile and random templates from seeds and says which of them do anything but print within bounds or be
// refused with a place:
//   dotnet run -c Release --project eng/FlowDispatch.Fuzz -- [--first N] [--templates N] [--show]
// --show prints the template of the first seed and what becomes of it.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FlowDispatch.Core.Tests.Templating;

var first = Number("--first", 0);
var templates = Number("--templates", 1_000_000);
if (args.Contains("--show"))
{
    Console.WriteLine(TemplateFuzz.Source(first));
    Console.WriteLine(TemplateFuzz.Try(Some.Engine(TemplateFuzz.Configure), first));
    return 0;
}

var watch = Stopwatch.StartNew();
var broken = new ConcurrentQueue<string>();
var outcomes = new long[3];
var slowest = (Time: TimeSpan.Zero, Seed: 0);
var gate = new Lock();
var next = first - 1;
var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work, 256 * 1_024)).ToList();
threads.ForEach(t => t.Start());
threads.ForEach(t => t.Join());

foreach (var mistake in broken)
{
    Console.WriteLine(mistake);
}

using var process = Process.GetCurrentProcess();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{outcomes.Sum():N0} templates from {first}: {outcomes[0]:N0} printed, {outcomes[1]:N0} unreadable, {outcomes[2]:N0} refused while rendering, {broken.Count} broke a promise; slowest {slowest.Time.TotalMilliseconds:0} ms (seed {slowest.Seed}), peak memory {process.PeakWorkingSet64 >> 20} MB, {watch.Elapsed.TotalSeconds:0} s."));
return broken.IsEmpty ? 0 : 1;

void Work()
{
    var engine = Some.Engine(TemplateFuzz.Configure);
    int seed;
    while ((seed = Interlocked.Increment(ref next)) - first < templates && broken.Count < 20)
    {
        var from = Stopwatch.GetTimestamp();
        try
        {
            Interlocked.Increment(ref outcomes[(int)TemplateFuzz.Try(engine, seed)]);
        }
        catch (Exception mistake)
        {
            broken.Enqueue($"seed {seed}: {mistake}");
        }

        var time = Stopwatch.GetElapsedTime(from);
        lock (gate)
        {
            slowest = time > slowest.Time ? (time, seed) : slowest;
        }
    }
}

int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
