using System.Diagnostics;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>One execution of a flow of one message.</summary>
internal static class DispatchRun
{
    public static async Task<DispatchResult> MeasureAsync(BenchmarkStore store, int recipients, int concurrency, TimeSpan latency)
    {
        try
        {
            using var host = new MeasuredHost(store, MeasuredFlow.OneMessage, concurrency, latency);
            await host.DispatchAsync(recipients);

            await CheckAsync(host, recipients);
            await host.StopAsync();
            return Result(store, recipients, host.Meter);
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

    private static DispatchResult Result(BenchmarkStore store, int recipients, StoreMeter meter)
    {
        var (time, cpu, calls) = meter.Dispatching;
        using var process = Process.GetCurrentProcess();
        return new(
            store.Name,
            recipients,
            Math.Round(recipients / meter.Planning.TotalSeconds),
            Math.Round(recipients / time.TotalSeconds),
            Math.Round(cpu.TotalSeconds, 3),
            Math.Round(process.PeakWorkingSet64 / 1_048_576.0, 1),
            Math.Round(1_000.0 * calls / recipients, 1));
    }
}
