using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Tests.Tracking;

/// <summary>What settled receipts leave as evidence that receipts come in.</summary>
public sealed class ReceiptNotesTests
{
    [Fact]
    public async Task A_receipt_shows_that_reports_come_in_about_what_was_handed_over_by_then()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        run.Clock.Advance(TimeSpan.FromSeconds(12));
        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        var arrived = run.HandedOverAt.AddSeconds(10);
        Assert.Equal(run.HandedOverAt, await LatestAsync(run, until: arrived));
        Assert.Null(await LatestAsync(run, until: arrived.AddTicks(-1)));
    }

    [Fact]
    public async Task The_latest_attempt_counts_whatever_the_order_of_the_receipts()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages(), numbers: ["5511988887777", "5511988887776"]);
        await run.SendAsync(new RunStep.Send("b"));
        var first = run.HandedOverAt;
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Sent, attempt: 2), run.Receipt(ReceiptStatus.Read, attempt: 1, ordinal: 1));

        Assert.NotEqual(first, run.HandedOverAt);
        Assert.Equal(run.HandedOverAt, await LatestAsync(run));
    }

    [Fact]
    public async Task A_failure_is_a_report_too()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed));

        Assert.Equal(run.HandedOverAt, await LatestAsync(run));
    }

    [Fact]
    public async Task A_receipt_that_does_not_carry_our_attempt_says_nothing_about_one_whose_message_is_unknown()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered) with { AttemptId = null });

        Assert.NotNull((await run.RowAsync()).DeliveredAt);
        Assert.Null(await LatestAsync(run));
    }

    [Fact]
    public async Task A_receipt_of_an_earlier_attempt_tells_nothing_since_its_time_is_not_known_any_more()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered, attempt: 1));

        Assert.Null(await LatestAsync(run));
    }

    [Fact]
    public async Task An_answer_that_came_too_late_to_be_recorded_is_no_report_of_the_provider()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Sent) with { IsAnswer = true });

        Assert.Null(await LatestAsync(run));
    }

    [Fact]
    public void That_it_is_an_answer_survives_being_kept_as_text()
    {
        var receipt = new InboundEvent.Receipt { ChannelId = "c", At = DateTimeOffset.UnixEpoch, ProviderMessageId = "m", Status = ReceiptStatus.Sent };

        Assert.DoesNotContain("answer", Text(receipt), StringComparison.Ordinal);
        Assert.True(Assert.IsType<InboundEvent.Receipt>(System.Text.Json.JsonSerializer.Deserialize<InboundEvent>(Text(receipt with { IsAnswer = true }), JsonText.Options)).IsAnswer);

        static string Text(InboundEvent happened) => System.Text.Json.JsonSerializer.Serialize(happened, JsonText.Options);
    }

    private static async Task<DateTimeOffset?> LatestAsync(TrackedRun run, DateTimeOffset? until = null) =>
        (await run.Store.Receivers.ReadAsync(TrackedRun.ChannelId, default, DateTimeOffset.UnixEpoch, until ?? run.Clock.GetUtcNow(), run.Cancellation)).LatestAttemptAt;
}
