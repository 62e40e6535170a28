using System.Globalization;

namespace FlowDispatch.Sample.Tests;

/// <summary>Two processes on one server: a run, its slots, its pauses and its end are both's.</summary>
[Collection<Alone>]
public sealed class SharedRunTests
{
    private const int Slots = 20;
    private const int SlotsOfNode = 15; // so that both are needed to fill the automation's, and together have more than those

    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(200); // to the provider

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task A_pause_on_one_stops_both_within_a_second_and_resumed_they_send_each_of_the_others_once_within_the_slots(string store)
    {
        const int People = 400;
        await using var run = await StartAsync(store);
        var execution = await run.RunAsync(People, slots: Slots);
        await BothSendAsync(run, People / 4);

        await run.Samples[1].PostAsync($"executions/{execution}/pause", new { reason = "a look at the texts" }, Cancellation);
        var answered = TimeProvider.System.GetUtcNow();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancellation);

        var taken = await run.LedgerAsync();
        Assert.InRange(taken.Count, People / 4, People - 1);
        Assert.InRange(taken.Max(m => m.At) - answered, TimeSpan.MinValue, TimeSpan.FromSeconds(1) + OnItsWay);

        await run.Samples[0].PostAsync($"executions/{execution}/resume", new { }, Cancellation);
        await run.SettledAsync(execution);
        var ledger = await run.LedgerAsync();
        Assert.Equal((People, People), (ledger.Count, ledger.DistinctBy(m => m.To).Count()));
        Assert.Equal(People, (await run.ExecutionAsync(execution)).GetProperty("messages_sent").GetInt32());
        Assert.True((await run.VerifyAsync(execution)).GetProperty("consistent").GetBoolean());
        await AssertSlotsAsync(run);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task Cancelled_on_one_both_stop_and_the_sent_and_the_cancelled_are_everybody(string store)
    {
        const int People = 400;
        await using var run = await StartAsync(store);
        var execution = await run.RunAsync(People, slots: Slots);
        await BothSendAsync(run, People / 4);

        await run.Samples[1].PostAsync($"executions/{execution}/cancel", new { reason = "enough" }, Cancellation);
        var answered = TimeProvider.System.GetUtcNow();
        await run.SettledAsync(execution);

        var ledger = await run.LedgerAsync();
        var ended = await run.ExecutionAsync(execution);
        Assert.Equal("cancelled", ended.GetProperty("status").GetString());
        Assert.InRange(ledger.Max(m => m.At) - answered, TimeSpan.MinValue, TimeSpan.FromSeconds(1) + OnItsWay);
        Assert.Equal(ledger.Count, ledger.DistinctBy(m => m.To).Count());
        Assert.Equal(
            (ledger.Count, People - ledger.Count),
            (ended.GetProperty("messages_sent").GetInt32(), ended.GetProperty("recipients_cancelled").GetInt32()));
        Assert.True((await run.VerifyAsync(execution)).GetProperty("consistent").GetBoolean());
        await AssertSlotsAsync(run);
    }

    // The provider takes so long for an answer that the slots hold the run up, and not the channel's rate.
    private static Task<SeparateProvider> StartAsync(string store) => SeparateProvider.StartAsync(
        new Nodes(store, 2),
        new { latency_ms = new { min = 300, max = 400 }, delivered_after_ms = new { min = 50, max = 100 }, read = 0 },
        settings: ("Dispatch__MaxConcurrency", SlotsOfNode.ToString(CultureInfo.InvariantCulture)));

    private static async Task BothSendAsync(SeparateProvider run, int messages)
    {
        await run.TakenAsync(messages);
        await run.AllSendAsync();
    }

    private static async Task AssertSlotsAsync(SeparateProvider run)
    {
        var most = (await run.Simulator.StatsAsync(Cancellation)).GetProperty("most_in_flight").GetInt32();
        Assert.InRange(most, SlotsOfNode + 1, Slots); // more than one of them could, and never more than the automation allows
    }
}
