using System.Diagnostics;
using System.Text.Json;
using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

/// <summary>A sample on SQLite whose provider is a process of its own: it stays when the sample goes, and its ledger tells what was really sent, and when.</summary>
internal sealed class SeparateProvider : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly WorkingDirectory _directory;

    private SeparateProvider(WorkingDirectory directory, SimulatorHost simulator, SampleHost sample)
    {
        _directory = directory;
        Simulator = simulator;
        Sample = sample;
    }

    public SimulatorHost Simulator { get; }

    public SampleHost Sample { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="behavior">The provider's, as its README lists the members.</param>
    /// <param name="messagesPerSecond">The channel's limit.</param>
    /// <param name="settings">Further configuration of the sample, as environment variables.</param>
    public static async Task<SeparateProvider> StartAsync(object behavior, int messagesPerSecond = 80, params IEnumerable<(string Key, string Value)> settings)
    {
        var directory = new WorkingDirectory();
        var address = new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}/");
        var simulator = await SimulatorHost.StartAsync(directory.Path, address, Cancellation);
        await simulator.BehaveAsync(behavior, Cancellation);
        var all = SampleHost.SendingThrough(simulator.Address, messagesPerSecond);
        all["Dispatch__LeaseDuration"] = "00:00:03";
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var provider = new SeparateProvider(directory, simulator, new SampleHost(directory.Path, address, all));
        await provider.Sample.ReadyAsync(Cancellation);
        return provider;
    }

    /// <summary>Uploads so many people and starts an automation over them; returns the execution's id.</summary>
    public async Task<string> RunAsync(int people, int first = 0) =>
        await Sample.StartAsync(await Sample.UploadAsync(people, Cancellation, first), Cancellation);

    public Task<JsonElement> ExecutionAsync(string id) => Sample.GetAsync($"executions/{id}", Cancellation);

    public Task<JsonElement> VerifyAsync(string id) => Sample.GetAsync($"executions/{id}/verify", Cancellation);

    public Task<IReadOnlyList<TakenMessage>> LedgerAsync() => Simulator.MessagesAsync(Cancellation);

    /// <summary>Waits until the provider has taken at least so many messages.</summary>
    public Task TakenAsync(int messages) =>
        UntilAsync(() => Simulator.StatsAsync(Cancellation), s => s.GetProperty("accepted").GetInt32() >= messages, $"{messages} messages are taken");

    /// <summary>Waits until the execution has ended, nobody's run is open and every receipt has come in.</summary>
    public async Task SettledAsync(string id)
    {
        await UntilAsync(() => Simulator.StatsAsync(Cancellation), s => s.GetProperty("receipts_owed").GetInt32() == 0, "every receipt is taken");
        await UntilAsync(() => VerifyAsync(id), v => v.GetProperty("settled").GetBoolean(), "the execution is settled");
        await UntilAsync(() => Simulator.StatsAsync(Cancellation), s => s.GetProperty("receipts_owed").GetInt32() == 0, "every receipt is taken");
    }

    /// <summary>Asks again until the answer holds.</summary>
    public Task<JsonElement> UntilAsync(Func<Task<JsonElement>> ask, Func<JsonElement, bool> holds, string what) => UntilAsync(Sample, ask, holds, what);

    /// <summary>Asks again until the answer holds; if it never does, says so with what <paramref name="sample"/> printed.</summary>
    public static async Task<JsonElement> UntilAsync(SampleHost sample, Func<Task<JsonElement>> ask, Func<JsonElement, bool> holds, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (holds(answer))
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException($"It never came to be that {what}; it is {answer}.\n{sample.Process.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sample.DisposeAsync();
        await Simulator.DisposeAsync();
        _directory.Dispose();
    }
}
