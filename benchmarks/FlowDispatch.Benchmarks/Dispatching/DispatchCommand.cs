namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary><c>dispatch</c>: a small warm-up that is not reported, then the run that is.</summary>
internal static class DispatchCommand
{
    public const int WarmUpRecipients = 5_000;

    public static IReadOnlyCollection<string> Options { get; } = ["--store", "--recipients", "--concurrency", "--latency-ms", "--connection", "--processes"];

    public static async Task RunAsync(Arguments arguments)
    {
        var store = BenchmarkStore.Choose(arguments.Required("--store"), arguments.Text("--connection"));
        var recipients = arguments.Number("--recipients", 1, 10_000_000);
        var concurrency = arguments.Number("--concurrency", 1, 500);
        var latency = TimeSpan.FromMilliseconds(arguments.Number("--latency-ms", 0, 60_000, fallback: 0));

        await DispatchRun.MeasureAsync(store, Math.Min(recipients, WarmUpRecipients), concurrency, TimeSpan.Zero);
        GC.Collect();
        JsonLine.Print(await DispatchRun.MeasureAsync(store, recipients, concurrency, latency, arguments.Number("--processes", 1, 16, fallback: 1)));
    }
}
