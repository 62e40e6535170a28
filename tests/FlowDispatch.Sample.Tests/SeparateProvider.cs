using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FlowDispatch.CrashRun;
using FlowDispatch.Store.Conformance.Servers;

namespace FlowDispatch.Sample.Tests;

/// <summary>
/// Samples on one store whose provider is a process of its own: it stays when a sample goes, and its ledger tells what was
/// really sent, when, and by which of them.
/// </summary>
internal sealed class SeparateProvider : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly WorkingDirectory _directory;
    private readonly StoreChoice _store;
    private readonly List<SampleHost> _samples;

    private SeparateProvider(WorkingDirectory directory, StoreChoice store, SimulatorHost simulator, List<SampleHost> samples)
    {
        _directory = directory;
        _store = store;
        _samples = samples;
        Simulator = simulator;
    }

    public SimulatorHost Simulator { get; }

    /// <summary>All of them; they differ in the version of the provider's API that they ask for.</summary>
    public IReadOnlyList<SampleHost> Samples => _samples;

    /// <summary>The first that runs; the first of all where none does.</summary>
    public SampleHost Sample => _samples.Find(s => !s.Process.HasExited) ?? _samples[0];

    /// <summary>The store's server, where it was asked for apart.</summary>
    public IStoreServer Server => _store.Server;

    /// <summary>The cluster, where the store lies on one.</summary>
    public RedisCluster Cluster => _store.Cluster;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One sample on SQLite.</summary>
    /// <param name="behavior">The provider's, as its README lists the members.</param>
    /// <param name="messagesPerSecond">The channel's limit.</param>
    /// <param name="settings">Further configuration of the sample, as environment variables.</param>
    public static Task<SeparateProvider> StartAsync(object behavior, int messagesPerSecond = 80, params IEnumerable<(string Key, string Value)> settings) =>
        StartAsync(new Nodes("sqlite", 1), behavior, messagesPerSecond, settings);

    /// <summary>As many samples as are asked for, on any store.</summary>
    public static async Task<SeparateProvider> StartAsync(Nodes nodes, object behavior, int messagesPerSecond = 80, params IEnumerable<(string Key, string Value)> settings)
    {
        var directory = new WorkingDirectory();
        var store = await StoreChoice.StartAsync(nodes.Store, directory.Path, nodes.ServerApart);
        var addresses = Enumerable.Range(0, nodes.Count).Select(_ => new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}/")).ToList();
        var simulator = await SimulatorHost.StartAsync(directory.Path, addresses[nodes.Receiver], Cancellation);
        var provider = new SeparateProvider(directory, store, simulator, []);
        try
        {
            await simulator.BehaveAsync(behavior, Cancellation);
            foreach (var address in addresses)
            {
                var all = SampleHost.SendingThrough(simulator.Address, messagesPerSecond);
                all["WhatsApp__ApiVersion"] = Version(provider._samples.Count);
                all["Dispatch__LeaseDuration"] = "00:00:03";
                foreach (var (key, value) in store.Settings.Select(s => (s.Key, s.Value)).Concat(settings))
                {
                    all[key] = value;
                }

                provider._samples.Add(new(directory.Path, address, all));
            }

            await Task.WhenAll(provider._samples.Select(s => s.ReadyAsync(Cancellation)));
            return provider;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    /// <summary>Those of <paramref name="messages"/> that a sample handed over, by its place.</summary>
    public static IEnumerable<TakenMessage> By(int sample, IEnumerable<TakenMessage> messages) => messages.Where(m => m.ApiVersion == Version(sample));

    /// <summary>Uploads so many people and starts an automation over them; returns the execution's id.</summary>
    public async Task<string> RunAsync(int people, int first = 0, int? messagesPerHour = null, int slots = 50) =>
        await Sample.StartAsync(await Sample.UploadAsync(people, Cancellation, first), Cancellation, messagesPerHour, slots);

    public Task<JsonElement> ExecutionAsync(string id) => Sample.GetAsync($"executions/{id}", Cancellation);

    public Task<JsonElement> VerifyAsync(string id) => Sample.GetAsync($"executions/{id}/verify", Cancellation);

    public Task<IReadOnlyList<TakenMessage>> LedgerAsync() => Simulator.MessagesAsync(Cancellation);

    /// <summary>Waits until the provider has taken at least so many messages.</summary>
    public Task TakenAsync(int messages) =>
        UntilAsync(() => Simulator.StatsAsync(Cancellation), s => s.GetProperty("accepted").GetInt32() >= messages, $"{messages} messages are taken");

    /// <summary>Waits until each of the samples has handed something over.</summary>
    public Task AllSendAsync() => UntilAsync(
        Sample, LedgerAsync, ledger => Enumerable.Range(0, _samples.Count).All(sample => By(sample, ledger).Any()), "each sample has handed something over");

    /// <summary>Waits until the execution has ended, nobody's run is open and every receipt has come in.</summary>
    public async Task SettledAsync(string id)
    {
        await UntilAsync(() => Simulator.StatsAsync(Cancellation), s => s.GetProperty("receipts_owed").GetInt32() == 0, "every receipt is taken");
        await UntilAsync(() => VerifyAsync(id), v => v.GetProperty("settled").GetBoolean(), "the execution is settled");
        await UntilAsync(() => Simulator.StatsAsync(Cancellation), s => s.GetProperty("receipts_owed").GetInt32() == 0, "every receipt is taken");
    }

    /// <summary>Waits until all is settled; then the ledger, the counters and the rows must say the same of everybody, and nobody may have got two messages.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="people">How many it is over.</param>
    public async Task AssertEverybodyIsAccountedForAsync(string id, int people)
    {
        await SettledAsync(id);
        var verdict = Verdict.Of(
            new() { People = people, Repeat = false, Kills = 0, Seed = 0 },
            await ExecutionAsync(id),
            await VerifyAsync(id),
            await Sample.RecipientsAsync(id, Cancellation),
            await LedgerAsync(),
            TimeSpan.Zero);
        Assert.True(verdict.Problems.Count == 0, string.Join('\n', [.. verdict.Problems, .. _samples.Select(s => s.Process.Output)]));
    }

    /// <summary>Asks again until the answer holds.</summary>
    public Task<JsonElement> UntilAsync(Func<Task<JsonElement>> ask, Func<JsonElement, bool> holds, string what) => UntilAsync(Sample, ask, holds, what);

    /// <summary>Asks again until the answer holds; if it never does, says so with what <paramref name="sample"/> printed.</summary>
    public static async Task<T> UntilAsync<T>(SampleHost sample, Func<Task<T>> ask, Func<T, bool> holds, string what)
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
        foreach (var sample in _samples)
        {
            await sample.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    private static string Version(int sample) => string.Create(CultureInfo.InvariantCulture, $"v25.{sample}");
}
