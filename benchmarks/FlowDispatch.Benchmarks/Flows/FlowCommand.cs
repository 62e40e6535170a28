using FlowDispatch.Benchmarks.Dispatching;

namespace FlowDispatch.Benchmarks.Flows;

/// <summary><c>flow</c>: a small warm-up of both flows that is not reported, then the runs that are.</summary>
internal static class FlowCommand
{
    private const int WarmUpRecipients = 2_000;

    public static IReadOnlyCollection<string> Options { get; } = ["--store", "--recipients", "--concurrency", "--connection"];

    public static async Task RunAsync(Arguments arguments)
    {
        var store = BenchmarkStore.Choose(arguments.Required("--store"), arguments.Text("--connection"));
        var recipients = arguments.Number("--recipients", 1, 1_000_000);
        var concurrency = arguments.Number("--concurrency", 1, 500);

        await MeasureAsync(store, Math.Min(recipients, WarmUpRecipients), concurrency);
        JsonLine.Print(await MeasureAsync(store, recipients, concurrency));
    }

    private static async Task<FlowResult> MeasureAsync(BenchmarkStore store, int recipients, int concurrency)
    {
        GC.Collect();
        var message = await DispatchRun.MeasureAsync(store, recipients, concurrency, TimeSpan.Zero);
        GC.Collect();
        return await ReplyRun.MeasureAsync(store, recipients, concurrency, message);
    }
}
