namespace FlowDispatch.Sample.Tests;

[Collection<Alone>]
public sealed class PaceTests
{
    private const int PerHour = 18_000;

    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(1); // of a permit, from its instant
    private static readonly TimeSpan Spacing = (TimeSpan.FromHours(1) + Validity) / PerHour; // of permits: 200.06 ms

    [Theory]
    [InlineData("sqlite", 1, 25)]
    [InlineData("sqlite", 2, 60)]
    [InlineData("postgres", 2, 50)]
    [InlineData("redis", 2, 50)]
    public async Task Processes_on_one_store_together_send_every_200_ms_and_never_faster(string store, int processes, int people)
    {
        // An equal part of the automation's slots for each, so that all can send; and nobody holds more people than the
        // rate lets go in the time of a lease.
        await using var run = await SeparateProvider.StartAsync(
            new Nodes(store, processes), new { }, settings: [("Dispatch__MaxConcurrency", "25"), ("Dispatch__LeaseDuration", "00:00:05")]);

        var execution = await run.RunAsync(people, messagesPerHour: PerHour);
        await run.UntilAsync(() => run.ExecutionAsync(execution), e => e.GetProperty("status").GetString() == "completed", "the run is completed");

        var ledger = await run.LedgerAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"Sent by each: {string.Join(", ", Enumerable.Range(0, processes).Select(node => SeparateProvider.By(node, ledger).Count()))}.");
        Assert.All(Enumerable.Range(0, processes), node => Assert.NotEmpty(SeparateProvider.By(node, ledger)));
        Assert.Equal((people, people), (ledger.Count, ledger.DistinctBy(m => m.To).Count()));
        AssertPace([.. ledger.Select(m => m.At).Order()]);
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
