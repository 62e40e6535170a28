using System.Diagnostics;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>One execution of a flow of one message.</summary>
internal static class DispatchRun
{
    public static async Task<DispatchResult> MeasureAsync(BenchmarkStore store, int recipients, int concurrency, TimeSpan latency, int processes = 1)
    {
        try
        {
            using var helpers = processes > 1 ? Helpers.Of(store, processes - 1, concurrency, latency) : new([]);
            using var host = new MeasuredHost(store, MeasuredFlow.OneMessage, concurrency, latency, new(), processes);
            await host.DispatchAsync(recipients, helpers);

            await CheckAsync(host, recipients);
            var joined = await helpers.EndAsync();
            await host.StopAsync();
            return Result(store, recipients, host.Meter.Planning, [JoinedResult.Of(host.Meter), .. joined]);
        }
        finally
        {
            store.CleanUp();
        }
    }

    private static async Task CheckAsync(MeasuredHost host, int recipients)
    {
        var audit = await host.AuditAsync();
        if (audit is null || !audit.Consistent || audit.Rows.Sent != recipients || audit.Rows.Completed != recipients)
        {
            throw new InvalidMeasureException($"{recipients} recipients were to be sent to, but the store says {audit?.Rows}.");
        }
    }

    private static DispatchResult Result(BenchmarkStore store, int recipients, TimeSpan planning, List<JoinedResult> processes)
    {
        var time = processes.Min(p => p.FirstClaimAt) is { } from && processes.Max(p => p.LastResultAt) is { } to
            ? Stopwatch.GetElapsedTime(from, to)
            : throw new InvalidMeasureException("Nobody was claimed, so there is nothing to measure.");
        return new(
            store.Name,
            recipients,
            Math.Round(recipients / planning.TotalSeconds),
            Math.Round(recipients / time.TotalSeconds),
            Math.Round(processes.Sum(p => p.CpuSeconds), 3),
            processes.Max(p => p.PeakRssMb),
            Math.Round(1_000.0 * processes.Sum(p => p.Calls) / recipients, 1));
    }
}
