namespace FlowDispatch.Benchmarks.Peers;

/// <summary><c>peer</c>: a small warm-up that is not reported, then the run that is.</summary>
internal static class PeerCommand
{
    private const int WarmUpRecipients = 200;

    // So many workers and their rows' connections are within what a PostgreSQL server takes.
    private const int MostWorkers = 80;

    public static IReadOnlyCollection<string> Options { get; } = ["--peer", "--store", "--recipients", "--concurrency", "--latency-ms", "--connection"];

    public static async Task RunAsync(Arguments arguments)
    {
        if (arguments.Required("--peer") is not "hangfire" and var unknown)
        {
            throw new UsageException($"--peer {unknown} is unknown; the only peer is hangfire.");
        }

        var recipients = arguments.Number("--recipients", 1, 10_000_000);
        var concurrency = arguments.Number("--concurrency", 1, MostWorkers);
        var latency = TimeSpan.FromMilliseconds(arguments.Number("--latency-ms", 0, 60_000, fallback: 0));
        await using var store = await HangfireStore.ChooseAsync(arguments.Required("--store"), arguments.Text("--connection"));

        await HangfireRun.MeasureAsync(store, Math.Min(recipients, WarmUpRecipients), concurrency, TimeSpan.Zero);
        GC.Collect();
        JsonLine.Print(await HangfireRun.MeasureAsync(store, recipients, concurrency, latency));
    }
}
