using System.Globalization;

namespace FlowDispatch.CrashRun;

/// <summary>One run of the sample under SIGKILLs, from the upload to the verdict.</summary>
internal sealed class KilledRun(RunOptions options, TimeProvider time, TextWriter log)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public async Task<Verdict> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("flow-dispatch-crash-run-");
        try
        {
            return await RunAsync(directory.FullName, cancellationToken);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<Verdict> RunAsync(string directory, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await using var store = await StoreChoice.StartAsync(options.Store, directory);
        var settings = store.Settings;
        var address = new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}/");
        await using var simulator = await SimulatorHost.StartAsync(directory, address, cancellationToken, options.Seed);
        await simulator.BehaveAsync(Unkind(), cancellationToken);
        foreach (var (key, value) in SampleHost.SendingThrough(simulator.Address, options.MessagesPerSecond).Concat(Engine()))
        {
            settings[key] = value;
        }

        await using var sample = new SampleHost(directory, address, settings);
        await sample.ReadyAsync(cancellationToken);
        var upload = await sample.UploadAsync(options.People, cancellationToken);
        var execution = await sample.StartAsync(upload, cancellationToken);
        await KillAsync(sample, execution, began, cancellationToken);
        await SettledAsync(sample, simulator, execution, began, cancellationToken);

        return Verdict.Of(
            options,
            await sample.GetAsync($"executions/{execution}", cancellationToken),
            await sample.GetAsync($"executions/{execution}/verify", cancellationToken),
            await sample.RecipientsAsync(execution, cancellationToken),
            await simulator.MessagesAsync(cancellationToken),
            time.GetElapsedTime(began));
    }

    // Everything a provider is known for. The refusals end early, because their retries come a minute and more later.
    private object Unkind() => new
    {
        latency_ms = new { min = 20, max = 300 },
        errors = new object[]
        {
            new { code = 131016, probability = 0.02, max = options.TransientErrors },
            new { code = 130429, probability = 0.002, max = 3 },
        },
        lost_answers = 0.02,
        receipts_before_answer = 0.02,
        duplicate_receipts = 0.02,
        reorder_receipts = 0.02,
        skip_delivered = 0.02,
    };

    private Dictionary<string, string> Engine() => new(StringComparer.Ordinal)
    {
        ["Dispatch__LeaseDuration"] = "00:00:03",
        ["Dispatch__InDoubtGracePeriod"] = "00:00:05",
        ["Dispatch__InDoubtDeadline"] = options.Deadline.ToString("c", CultureInfo.InvariantCulture),
        ["Dispatch__InDoubtPolicy"] = options.Repeat ? "Repeat" : "Hold",
    };

    private async Task KillAsync(SampleHost sample, string execution, long began, CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var moment in KillPlan.Draw(options.Kills, options.People, options.Seed))
        {
            if (moment.People is { } people)
            {
                await sample.ReadyAsync(cancellationToken);
                await UntilAsync(async () => SeenTo(await sample.GetAsync($"executions/{execution}", cancellationToken)) >= people, $"{people} people are seen to", sample, cancellationToken);
            }

            await Task.Delay(moment.Later, time, cancellationToken);
            await sample.Process.KillAsync();
            Say(began, $"kill {++number,3}: {moment}");
            await sample.RestartAsync();
        }

        await sample.ReadyAsync(cancellationToken);
    }

    private async Task SettledAsync(SampleHost sample, SimulatorHost simulator, string execution, long began, CancellationToken cancellationToken)
    {
        Say(began, $"no more kills; it goes on to its end");
        await UntilAsync(
            async () => (await sample.GetAsync($"executions/{execution}/verify", cancellationToken)).GetProperty("settled").GetBoolean(),
            "the execution is settled",
            sample,
            cancellationToken);
        Say(began, $"everybody's run has ended; the last receipts come in");
        await UntilAsync(async () => (await simulator.StatsAsync(cancellationToken)).GetProperty("receipts_owed").GetInt64() == 0, "every receipt is taken", sample, cancellationToken);

        // What was taken is in the inbox; it is settled when nothing has changed for a while.
        var before = "";
        for (var quiet = 0; quiet < 4;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            var now = (await sample.GetAsync($"executions/{execution}/verify", cancellationToken)).GetRawText();
            quiet = string.Equals(now, before, StringComparison.Ordinal) ? quiet + 1 : 0;
            before = now;
        }
    }

    private static int SeenTo(System.Text.Json.JsonElement execution) =>
        execution.GetProperty("total_recipients").GetInt32() - execution.GetProperty("recipients_pending").GetInt32();

    private async Task UntilAsync(Func<Task<bool>> holds, string what, SampleHost sample, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (!await holds())
        {
            if (time.GetElapsedTime(since) > options.Patience)
            {
                throw new InvalidOperationException($"After {options.Patience} it never came to be that {what}. The sample's last lines:\n{sample.Process.Output}");
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private void Say(long began, FormattableString what) =>
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(began).TotalSeconds,7:0.0} s  {what}"));
}
