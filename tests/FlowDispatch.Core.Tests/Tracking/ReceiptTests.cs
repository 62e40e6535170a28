using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Tests.Tracking;

public sealed class ReceiptTests
{
    private static readonly ReceiptStatus[] Ladder = [ReceiptStatus.Sent, ReceiptStatus.Delivered, ReceiptStatus.Read];

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public async Task In_any_order_receipts_reach_the_same_rank_and_set_each_time_once(int first, int second, int third)
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var start = run.Clock.GetUtcNow();

        foreach (var at in new[] { first, second, third })
        {
            await run.HearAsync(run.Receipt(Ladder[at]) with { At = start.AddSeconds(at + 1) });
            await run.HearAsync(run.Receipt(Ladder[at]) with { At = start.AddSeconds(at + 100) });
        }

        var row = await run.RowAsync();
        Assert.Equal(RecipientStatus.Read, row.Status);
        Assert.Equal((start, start.AddSeconds(2), start.AddSeconds(3)), (row.SentAt, row.DeliveredAt, row.ReadAt));
        var counters = await run.CountersAsync();
        Assert.Equal((1, 1, 1, 0), (counters.Sent, counters.Delivered, counters.Read, counters.Failed));
    }

    [Fact]
    public async Task Read_alone_counts_what_lies_below_it_and_leaves_its_times_open()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Read));

        Assert.Null((await run.RowAsync()).DeliveredAt);
        Assert.Equal(1, (await run.CountersAsync()).Delivered);
    }

    [Fact]
    public async Task A_receipt_that_names_no_attempt_is_found_by_its_message()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered) with { AttemptId = null });

        Assert.Equal(RecipientStatus.Delivered, (await run.RowAsync()).Status);
    }

    [Fact]
    public async Task A_failure_that_will_pass_is_tried_again_after_the_backoff()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Pending, ReasonCodes.Retry, "131026"), (row.Status, row.WaitingReason, row.ErrorCode));
        Assert.InRange(row.NextAttemptAt!.Value - run.Clock.GetUtcNow(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(66));
        Assert.False(row.FlowCompleted);
        Assert.Null(row.FlowCurrentNode);
    }

    [Fact]
    public async Task The_providers_own_wait_is_kept_where_it_is_longer()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true, RetryAfter = TimeSpan.FromHours(2) });

        Assert.Equal(run.Clock.GetUtcNow().AddHours(2), (await run.RowAsync()).NextAttemptAt);
    }

    [Fact]
    public async Task A_permanent_failure_fails_at_once()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Failed, "131026", "Undeliverable."), (row.Status, row.ErrorCode, row.ErrorMessage));
        Assert.NotNull(row.FailedAt);
        Assert.Equal((1, 1), ((await run.CountersAsync()).Sent, (await run.CountersAsync()).Failed));
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 0)]
    public async Task Without_retries_left_a_passing_failure_is_final(bool retryFailed, int maxRetries)
    {
        var run = await TrackedRun.StartAsync(s => s with { RetryFailed = retryFailed, MaxRetries = maxRetries });
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });

        Assert.Equal(RecipientStatus.Failed, (await run.RowAsync()).Status);
    }

    [Fact]
    public async Task A_message_that_is_taken_and_fails_every_time_ends_after_the_retries()
    {
        var run = await TrackedRun.StartAsync(s => s with { MaxRetries = 2 });
        var attempt = 0;
        while ((await run.RowAsync()).Status == RecipientStatus.Pending)
        {
            attempt++;
            await run.SendAsync();
            await run.HearAsync(run.Receipt(ReceiptStatus.Failed, attempt) with { IsTransient = true });
            run.Clock.Advance(TimeSpan.FromHours(2));
        }

        Assert.Equal(3, attempt);
        Assert.Equal((RecipientStatus.Failed, 3), ((await run.RowAsync()).Status, (await run.RowAsync()).Attempts));
    }

    [Fact]
    public async Task Refused_and_reported_failures_share_the_retries()
    {
        var run = await TrackedRun.StartAsync(s => s with { MaxRetries = 2 });
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });
        run.Clock.Advance(TimeSpan.FromHours(1));
        await run.HandOverAsync();
        await run.FailAsync(run.Clock.GetUtcNow());
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed, 3) with { IsTransient = true });

        Assert.Equal((RecipientStatus.Failed, 3), ((await run.RowAsync()).Status, (await run.RowAsync()).Attempts));
    }

    [Fact]
    public async Task A_run_that_went_on_goes_back_to_the_message_that_failed()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });
        Assert.Equal((null, ReasonCodes.Retry), ((await run.RowAsync()).FlowCurrentNode, (await run.RowAsync()).WaitingReason));

        run.Clock.Advance(TimeSpan.FromHours(1));
        await run.SendAsync(new RunStep.Send("b"));
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed, 3) with { IsTransient = true });
        Assert.Equal(("b", ReasonCodes.Retry), ((await run.RowAsync()).FlowCurrentNode, (await run.RowAsync()).WaitingReason));
    }

    [Fact]
    public async Task Failed_after_delivered_is_history_only()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed), run.Receipt(ReceiptStatus.Failed));
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed));

        Assert.Equal(RecipientStatus.Delivered, (await run.RowAsync()).Status);
        Assert.Single(await run.HistoryAsync(), e => e.Kind == RecipientEventKind.ReceiptFailed);
    }

    [Fact]
    public async Task Delivered_after_failed_wins()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed));

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Delivered, null), (row.Status, row.ErrorCode));
        Assert.Equal((1, 0), ((await run.CountersAsync()).Delivered, (await run.CountersAsync()).Failed));
    }

    [Fact]
    public async Task Delivered_calls_a_retry_off()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Delivered, ReasonCodes.AwaitingReceipt, null), (row.Status, row.WaitingReason, row.ErrorCode));
        Assert.Equal(run.Clock.GetUtcNow(), row.NextAttemptAt);
    }

    [Fact]
    public async Task Sent_that_comes_after_failed_leaves_the_retry_alone()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true }, run.Receipt(ReceiptStatus.Sent));

        Assert.Equal((RecipientStatus.Pending, ReasonCodes.Retry), ((await run.RowAsync()).Status, (await run.RowAsync()).WaitingReason));
    }

    [Fact]
    public async Task A_receipt_of_an_older_attempt_neither_fails_nor_settles_the_present_one()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        await run.HandOverAsync();
        await run.LetGoAsync();
        Assert.Equal((RecipientStatus.InDoubt, 2), ((await run.RowAsync()).Status, (await run.RowAsync()).Attempts));

        await run.HearAsync(
            run.Receipt(ReceiptStatus.Delivered),
            run.Receipt(ReceiptStatus.Failed),
            run.Receipt(ReceiptStatus.Read) with { AttemptId = null });

        Assert.Equal((RecipientStatus.InDoubt, Milestone.Read), ((await run.RowAsync()).Status, (await run.RowAsync()).Reached));
    }

    [Theory]
    [InlineData(ReceiptStatus.Sent, RecipientStatus.Sent)]
    [InlineData(ReceiptStatus.Read, RecipientStatus.Read)]
    public async Task A_receipt_before_the_answer_is_kept_when_the_answer_comes(ReceiptStatus receipt, RecipientStatus expected)
    {
        var run = await TrackedRun.StartAsync();
        await run.HandOverAsync();

        await run.HearAsync(run.Receipt(receipt));
        await run.AcceptAsync();

        var row = await run.RowAsync();
        Assert.Equal((expected, true, false, 1), (row.Status, row.FlowCompleted, row.Open, row.Attempts));
        await run.CountersAsync();
    }

    [Fact]
    public async Task A_failure_before_the_answer_outweighs_the_answer()
    {
        var run = await TrackedRun.StartAsync();
        await run.HandOverAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed));
        await run.AcceptAsync();

        Assert.Equal((RecipientStatus.Failed, 1), ((await run.RowAsync()).Status, (await run.CountersAsync()).Sent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receipt_settles_a_message_whose_node_died(bool beforeTheDeath)
    {
        var run = await TrackedRun.StartAsync();
        await run.HandOverAsync();
        if (beforeTheDeath)
        {
            await run.HearAsync(run.Receipt(ReceiptStatus.Sent));
            await run.LetGoAsync();
        }
        else
        {
            await run.LetGoAsync();
            Assert.Equal(RecipientStatus.InDoubt, (await run.RowAsync()).Status);
            await run.HearAsync(run.Receipt(ReceiptStatus.Sent));
        }

        // Nothing is sent again: the run is due at once, as one that only has to be taken on.
        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Sent, ReasonCodes.AwaitingReceipt, true), (row.Status, row.WaitingReason, row.Open));
        Assert.Equal((null, "m0-1", run.Clock.GetUtcNow()), (row.InDoubtSince, row.ProviderMessageId, row.NextAttemptAt));
        Assert.Equal(0, (await run.CountersAsync()).InDoubt);
    }

    [Fact]
    public async Task An_early_receipt_of_a_second_message_settles_it_as_well()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        await run.HandOverAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Sent, 2));
        await run.LetGoAsync();

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Sent, ReasonCodes.AwaitingReceipt, 2), (row.Status, row.WaitingReason, row.Attempts));
    }

    [Fact]
    public async Task A_failed_receipt_settles_a_doubt_as_a_failed_answer_would()
    {
        var run = await TrackedRun.StartAsync();
        await run.HandOverAsync();
        await run.LetGoAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Pending, ReasonCodes.Retry, 1), (row.Status, row.WaitingReason, row.StepAttempts));
        Assert.Null(row.InDoubtSince);
    }

    [Theory]
    [InlineData(ReasonCodes.FrequencyCap)]
    [InlineData(ReasonCodes.OutsideWindow)]
    [InlineData(ReasonCodes.RateLimit)]
    public async Task A_repetition_that_waits_for_anything_is_recalled_by_the_receipt_of_what_it_would_repeat(string waitsFor)
    {
        var run = await TrackedRun.StartAsync();
        await run.HandOverAsync();
        await run.LetGoAsync();
        var later = run.Clock.GetUtcNow().AddHours(1);
        await run.Store.Recipients.TransitionAsync([new(run.Id(), s => RecipientRules.Repeat(s.Recipient, run.Clock.GetUtcNow()))], [], run.Cancellation);
        await run.Store.Recipients.TransitionAsync([new(run.Id(), s => RecipientRules.Defer(s.Recipient, later, waitsFor))], [], run.Cancellation);

        await run.HearAsync(run.Receipt(ReceiptStatus.Sent));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Sent, ReasonCodes.AwaitingReceipt, null), (row.Status, row.WaitingReason, row.InDoubtSince));
    }

    [Fact]
    public async Task A_receipt_takes_a_held_message_on_while_its_execution_is_open()
    {
        var run = await TrackedRun.StartAsync();
        await HoldAsync(run);

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Delivered, true, ReasonCodes.AwaitingReceipt), (row.Status, row.Open, row.WaitingReason));
    }

    [Fact]
    public async Task A_receipt_settles_a_held_message_without_reopening_an_ended_execution()
    {
        var run = await TrackedRun.StartAsync();
        await HoldAsync(run);
        await run.Store.Executions.UpdateAsync(
            TrackedRun.Org, run.Execution.Id, e => e with { Status = ExecutionStatus.Completed }, run.Cancellation);

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));

        var row = await run.RowAsync();
        Assert.Equal((RecipientStatus.Delivered, false, null), (row.Status, row.Open, row.InDoubtSince));
    }

    [Fact]
    public async Task An_attempt_of_another_organization_is_not_believed()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Read) with { ChannelId = "channel-2" });

        Assert.Equal(RecipientStatus.Sent, (await run.RowAsync()).Status);
        Assert.Equal(1, await run.WaitingAsync());
    }

    [Fact]
    public async Task An_attempt_of_another_installation_with_the_same_numbering_is_not_believed()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        var foreign = RecipientId.Create(run.Execution.Number, 0, run.Execution.CreatedAt.AddDays(-1));

        await run.HearAsync(run.Receipt(ReceiptStatus.Read) with { AttemptId = new AttemptId(foreign, 1).ToString(), ProviderMessageId = "other" });

        Assert.Equal(RecipientStatus.Sent, (await run.RowAsync()).Status);
    }

    private static async Task HoldAsync(TrackedRun run)
    {
        await run.HandOverAsync();
        await run.LetGoAsync();
        await run.Store.Recipients.TransitionAsync([new(run.Id(), s => RecipientRules.Hold(s.Recipient))], [], run.Cancellation);
    }
}
