using FlowDispatch.Benchmarks.Dispatching;

namespace FlowDispatch.Benchmarks.Tracking;

/// <summary><c>receipts</c>: a small warm-up that is not reported, then the run that is.</summary>
internal static class ReceiptCommand
{
    private const int WarmUpRecipients = 2_000;

    public static IReadOnlyCollection<string> Options { get; } = ["--store", "--recipients", "--concurrency", "--connection"];

    public static async Task RunAsync(Arguments arguments)
    {
        var store = BenchmarkStore.Choose(arguments.Required("--store"), arguments.Text("--connection"));
        var recipients = arguments.Number("--recipients", 1, 1_000_000);
        var concurrency = arguments.Number("--concurrency", 1, 500);

        await ReceiptRun.MeasureAsync(store, Math.Min(recipients, WarmUpRecipients), concurrency);
        GC.Collect();
        JsonLine.Print(await ReceiptRun.MeasureAsync(store, recipients, concurrency));
    }
}
