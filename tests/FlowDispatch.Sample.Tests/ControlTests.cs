namespace FlowDispatch.Sample.Tests;

/// <summary>Pause, resume and cancel over HTTP, by the provider's ledger and clock, which is this machine's.</summary>
[Collection<Alone>]
public sealed class ControlTests
{
    private static readonly object Provider = new { latency_ms = new { min = 20, max = 60 }, lost_answers = 0.02 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_after_a_pause_was_answered_nothing_is_handed_over_and_resuming_sends_each_of_the_others_once()
    {
        const int People = 300;
        await using var run = await SeparateProvider.StartAsync(Provider);
        var execution = await run.RunAsync(People);
        await run.TakenAsync(80);

        await run.Sample.PostAsync($"executions/{execution}/pause", new { reason = "a look at the texts" }, Cancellation);
        var answered = TimeProvider.System.GetUtcNow();
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancellation);

        var taken = await run.LedgerAsync();
        Assert.InRange(taken.Count, 80, People - 1);
        Assert.InRange(taken.Max(m => m.At) - answered, TimeSpan.MinValue, TimeSpan.FromSeconds(1.2)); // a fifth for the way to the provider
        Assert.Equal("paused", (await run.ExecutionAsync(execution)).GetProperty("status").GetString());

        await run.Sample.PostAsync($"executions/{execution}/resume", new { }, Cancellation);
        await run.SettledAsync(execution);
        var ledger = await run.LedgerAsync();
        Assert.Equal((People, People), (ledger.Count, ledger.DistinctBy(m => m.To).Count()));
        Assert.Equal(People, (await run.ExecutionAsync(execution)).GetProperty("messages_sent").GetInt32());
    }

    [Fact]
    public async Task Cancelled_half_way_the_sent_and_the_cancelled_are_everybody()
    {
        const int People = 300;
        await using var run = await SeparateProvider.StartAsync(Provider);
        var execution = await run.RunAsync(People);
        await run.TakenAsync(People / 2);

        await run.Sample.PostAsync($"executions/{execution}/cancel", new { reason = "enough" }, Cancellation);
        await run.SettledAsync(execution);

        var verify = await run.UntilAsync(
            () => run.VerifyAsync(execution), v => v.GetProperty("by_status").GetProperty("in_doubt").GetInt32() == 0, "receipts have settled every doubt");
        var ended = await run.ExecutionAsync(execution);
        var ledger = await run.LedgerAsync();
        Assert.Equal("cancelled", ended.GetProperty("status").GetString());
        Assert.True(verify.GetProperty("consistent").GetBoolean(), verify.ToString());
        Assert.Equal(ledger.Count, ledger.DistinctBy(m => m.To).Count());
        Assert.Equal(
            (ledger.Count, People - ledger.Count),
            (ended.GetProperty("messages_sent").GetInt32(), ended.GetProperty("recipients_cancelled").GetInt32()));
    }
}
