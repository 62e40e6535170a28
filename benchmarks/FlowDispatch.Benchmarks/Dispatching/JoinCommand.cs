namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary><c>join</c>: a further process of a run that another one measures. It warms up, says so, claims from the next line on, and ends with the one after.</summary>
internal static class JoinCommand
{
    public const string Ready = "ready";

    public static IReadOnlyCollection<string> Options { get; } = ["--store", "--connection", "--place", "--concurrency", "--latency-ms"];

    public static async Task RunAsync(Arguments arguments)
    {
        var (name, connection) = (arguments.Required("--store"), arguments.Required("--connection"));
        var concurrency = arguments.Number("--concurrency", 1, 500);
        var latency = TimeSpan.FromMilliseconds(arguments.Number("--latency-ms", 0, 60_000));

        await DispatchRun.MeasureAsync(BenchmarkStore.Choose(name, connection), DispatchCommand.WarmUpRecipients, concurrency, TimeSpan.Zero);
        GC.Collect();
        using var host = new MeasuredHost(
            BenchmarkStore.Join(name, connection, arguments.Required("--place")), MeasuredFlow.OneMessage, concurrency, latency, new() { MayPlan = false });
        await host.JoinAsync();
        await Console.Out.WriteLineAsync(Ready);

        await Console.In.ReadLineAsync();
        host.Meter.LetLease();
        await Console.In.ReadLineAsync();
        await host.StopAsync();
        JsonLine.Print(JoinedResult.Of(host.Meter));
    }
}
