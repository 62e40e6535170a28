using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

[Collection<Alone>]
public sealed class PaceTests
{
    private const int PerHour = 18_000;

    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1); // of a permit, from its instant
    private static readonly TimeSpan Spacing = (TimeSpan.FromHours(1) + Validity) / PerHour; // of permits: 200.06 ms

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 25)]
    [InlineData(2, 60)]
    public async Task Processes_on_one_file_together_send_every_200_ms_and_never_faster(int processes, int people)
    {
        using var directory = new WorkingDirectory();
        var nodes = new List<(SimulatorHost Provider, SampleHost Sample)>();
        try
        {
            for (var node = 0; node < processes; node++)
            {
                // A provider for each, so that the ledgers tell who sent; an equal part of the automation's slots for each, so that all can.
                var address = new Uri($"http://127.0.0.1:{ChildProcess.FreePort()}/");
                var provider = await SimulatorHost.StartAsync(directory.Path, address, Cancellation);
                var settings = SampleHost.SendingThrough(provider.Address, messagesPerSecond: 80);
                settings["Dispatch__MaxConcurrency"] = "25";
                settings["Dispatch__LeaseDuration"] = "00:00:05"; // nobody holds more people than the rate lets go in that time
                nodes.Add((provider, new(directory.Path, address, settings)));
                await nodes[^1].Sample.ReadyAsync(Cancellation);
            }

            var sample = nodes[0].Sample;
            var execution = await sample.StartAsync(await sample.UploadAsync(people, Cancellation), Cancellation, PerHour);
            await SeparateProvider.UntilAsync(
                sample, () => sample.GetAsync($"executions/{execution}", Cancellation), e => e.GetProperty("status").GetString() == "completed", "the run is completed");

            var ledgers = new List<IReadOnlyList<TakenMessage>>();
            foreach (var (provider, _) in nodes)
            {
                ledgers.Add(await provider.MessagesAsync(Cancellation));
            }

            Assert.All(ledgers, Assert.NotEmpty);
            Assert.Equal((people, people), (ledgers.Sum(l => l.Count), ledgers.SelectMany(l => l).DistinctBy(m => m.To).Count()));
            AssertPace([.. ledgers.SelectMany(l => l).Select(m => m.At).Order()]);
        }
        finally
        {
            foreach (var (provider, sample) in nodes)
            {
                await sample.DisposeAsync();
                await provider.DisposeAsync();
            }
        }
    }

    private static void AssertPace(List<DateTimeOffset> sends)
    {
        // n sends hold n permits, whose instants are n - 1 spacings apart at least; each was used within its validity.
        // Besides, a send reaches the ledger a little after it was handed over.
        var slack = Validity + TimeSpan.FromMilliseconds(200);
        for (var from = 0; from < sends.Count; from++)
        {
            for (var to = from + 1; to < sends.Count; to++)
            {
                var least = (Spacing * (to - from)) - slack;
                Assert.True(sends[to] - sends[from] >= least, $"Sends {from} to {to} took {sends[to] - sends[from]}; permits allow {least} at least.");
            }
        }

        var gap = (sends[^1] - sends[0]) / (sends.Count - 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"On average a send every {gap.TotalMilliseconds:0.0} ms.");
        Assert.InRange(gap, Spacing - (slack / (sends.Count - 1)), Spacing + TimeSpan.FromMilliseconds(40));
    }
}
