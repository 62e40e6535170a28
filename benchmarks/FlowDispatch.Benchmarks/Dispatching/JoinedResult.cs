using System.Diagnostics;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>What one process did in a run.</summary>
/// <param name="FirstClaimAt">By the machine's monotonic clock, which all its processes read alike; null where it claimed nobody.</param>
/// <param name="LastResultAt">By the same.</param>
/// <param name="CpuSeconds">Its processor time between them.</param>
/// <param name="Calls">Of the store, between them.</param>
/// <param name="PeakRssMb">Its largest resident memory.</param>
internal sealed record JoinedResult(long? FirstClaimAt, long? LastResultAt, double CpuSeconds, long Calls, double PeakRssMb)
{
    public static JoinedResult Of(StoreMeter meter)
    {
        using var process = Process.GetCurrentProcess();
        var peak = Math.Round(process.PeakWorkingSet64 / 1_048_576.0, 1);
        if (meter.Span is not var (from, to))
        {
            return new(null, null, 0, 0, peak);
        }

        var (_, cpu, calls) = to.Since(from);
        return new(from.At, to.At, cpu.TotalSeconds, calls, peak);
    }
}
