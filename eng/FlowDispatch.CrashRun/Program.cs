namespace FlowDispatch.CrashRun;

/// <summary>Kills the sample again and again in the middle of a run, and then holds the provider's ledger, the counters and the rows against each other.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["--help" or "-h"])
        {
            Console.WriteLine(RunOptions.Usage);
            return 0;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true; // so that the two processes and their files go too
            stop.Cancel();
        };
        try
        {
            var options = RunOptions.Read(args, drawnSeed: new Random().Next());
            var verdict = await new KilledRun(options, TimeProvider.System, Console.Out).RunAsync(stop.Token);
            Console.WriteLine();
            Console.Write(verdict.Table);
            foreach (var problem in verdict.Problems)
            {
                Console.WriteLine($"BROKEN: {problem}");
            }

            Console.WriteLine(verdict.Problems.Count == 0 ? "Every promise held." : $"Repeat with --seed {options.Seed}.");
            return verdict.Problems.Count == 0 ? 0 : 1;
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }
}
