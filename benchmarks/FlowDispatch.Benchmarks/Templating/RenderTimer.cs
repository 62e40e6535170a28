using System.Diagnostics;
using FlowDispatch.Contacts;
using FlowDispatch.Templating;

namespace FlowDispatch.Benchmarks.Templating;

/// <summary>Times renders on the calling thread.</summary>
internal static class RenderTimer
{
    private const int Rounds = 15;
    private const int Batch = 1_000; // as many as planning takes at a time
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    /// <summary>The median of several rounds over the same people, after a warm-up long enough for the compiler's last tier.</summary>
    public static RenderResult Median(string workload, VariableMapping mapping, VariableScope[] scopes)
    {
        var from = Stopwatch.GetTimestamp();
        var laps = 0;
        for (; Stopwatch.GetElapsedTime(from) < WarmUp; laps++)
        {
            Lap(mapping, scopes);
        }

        var lapsOfRound = Math.Max(1, (int)(laps * (Round / WarmUp)));
        var rounds = new RenderResult[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            from = Stopwatch.GetTimestamp();
            for (var lap = 0; lap < lapsOfRound; lap++)
            {
                Lap(mapping, scopes);
            }

            var time = Stopwatch.GetElapsedTime(from);
            rounds[round] = RenderResult.Of(workload, time, GC.GetAllocatedBytesForCurrentThread() - bytes, (long)lapsOfRound * scopes.Length);
        }

        return rounds.OrderBy(r => r.NsPerRender).ElementAt(Rounds / 2);
    }

    /// <summary>The mean over distinct people, each met once, with what planning keeps of each; making the people is not timed.</summary>
    public static RenderResult Distinct(string workload, VariableMapping mapping, int people, Func<int, Contact> make)
    {
        var time = TimeSpan.Zero;
        var bytes = 0L;
        for (var first = 0; first < people; first += Batch)
        {
            var contacts = Enumerable.Range(first, Math.Min(Batch, people - first)).Select(make).ToArray();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var from = Stopwatch.GetTimestamp();
            foreach (var contact in contacts)
            {
                mapping.Resolve(new() { Contact = contact });
            }

            time += Stopwatch.GetElapsedTime(from);
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        return RenderResult.Of(workload, time, bytes, people);
    }

    // Into the same storage each time: what is counted is the rendering, not the keeping of its result, which d counts.
    private static void Lap(VariableMapping mapping, VariableScope[] scopes)
    {
        var values = new string[mapping.Names.Count];
        List<string>? missing = null;
        foreach (var scope in scopes)
        {
            mapping.Resolve(scope, values, ref missing);
        }
    }
}
