using FlowDispatch.Benchmarks.Dispatching;

namespace FlowDispatch.Benchmarks.Tracking;

/// <summary><c>receipts</c>: a small warm-up that is not reported, then the run that is.</summary>
internal static class ReceiptCommand
{
    private const int WarmUpRecipients = 2_000;

    public static IReadOnlyCollection<string> Options { get; } = ["--store", "--recipients", "--concurrency", "--connection", "--batch", "--callers"];

    public static async Task RunAsync(Arguments arguments)
    {
        var store = BenchmarkStore.Choose(arguments.Required("--store"), arguments.Text("--connection"));
        var recipients = arguments.Number("--recipients", 1, 1_000_000);
        var concurrency = arguments.Number("--concurrency", 1, 500);
        var batch = arguments.Number("--batch", 1, 10_000, 1_000);
        var callers = arguments.Number("--callers", 1, 500, 1);

        await ReceiptRun.MeasureAsync(store, Math.Min(recipients, WarmUpRecipients), concurrency, batch, callers);
        GC.Collect();
        JsonLine.Print(await ReceiptRun.MeasureAsync(store, recipients, concurrency, batch, callers));
    }
}
