using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tests.Tracking;
using FlowDispatch.Tracking;

namespace FlowDispatch.Core.Tests.Tracking;

/// <summary>Receipts of an earlier attempt that come while a later one of the same message is waited for, in hand or in doubt.</summary>
public sealed class LateReceiptTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delivery_reported_while_the_retry_is_in_hand_wins_whatever_becomes_of_the_retry(bool transient)
    {
        var run = await RetriedAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));
        await run.FailAsync(transient ? run.Clock.GetUtcNow().AddMinutes(2) : null);

        await DeliveredAsync(run, attempts: 2);
        Assert.Equal([RecipientEventKind.ReceiptFailed, RecipientEventKind.AttemptFailed], (await run.HistoryAsync()).Select(e => e.Kind));
    }

    [Fact]
    public async Task A_delivery_reported_while_the_retry_is_in_hand_wins_when_its_process_dies()
    {
        var run = await RetriedAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Delivered));
        await run.LetGoAsync();

        await DeliveredAsync(run, attempts: 1);
    }

    [Fact]
    public void A_delivery_reported_while_the_retry_is_in_hand_wins_when_the_retry_ends_in_doubt()
    {
        var known = Row() with { Attempts = 1, StepAttempts = 1, Status = RecipientStatus.Delivered, Reached = Milestone.Delivered, WaitingReason = ReasonCodes.AwaitingReceipt };

        var change = RecipientRules.Doubt(known, 2, "lost", Noon, Noon.AddMinutes(2));

        Assert.Equal((known with { Attempts = 2 }, Noon), (change.After, change.DueAt));
        Assert.Equal(RecipientEventKind.AttemptInDoubt, change.Event!.Kind);
    }

    [Fact]
    public void A_delivery_of_an_earlier_attempt_ends_the_doubt_of_its_repetition()
    {
        var row = RecipientRules.Doubt(Row(), 1, "lost", Noon, Noon).After;
        row = RecipientRules.Repeat(row, Noon).After;
        row = RecipientRules.Doubt(row, 2, "lost", Noon, Noon).After;

        var change = TrackingRules.Climb(new(row, ExecutionOpen: true), Receipt(row, ReceiptStatus.Delivered, 1), 1, Noon)!;

        Assert.Equal((RecipientStatus.Delivered, Milestone.Delivered, null), (change.After.Status, change.After.Reached, change.After.InDoubtSince));
        Assert.Equal(Noon, change.DueAt);
    }

    [Fact]
    public void A_delivery_of_an_earlier_attempt_ends_the_doubt_that_was_held_for_good()
    {
        var row = RecipientRules.Doubt(Row(), 1, "lost", Noon, Noon).After;
        row = RecipientRules.Repeat(row, Noon).After;
        row = RecipientRules.Hold(RecipientRules.Doubt(row, 2, "lost", Noon, Noon).After).After;

        var open = TrackingRules.Climb(new(row, ExecutionOpen: true), Receipt(row, ReceiptStatus.Read, 1), 1, Noon)!;
        var ended = TrackingRules.Climb(new(row, ExecutionOpen: false), Receipt(row, ReceiptStatus.Read, 1), 1, Noon)!;

        Assert.Equal((RecipientStatus.Read, true, Noon), (open.After.Status, open.After.Open, open.DueAt));
        Assert.Equal((RecipientStatus.Read, false, null), (ended.After.Status, ended.After.Open, ended.DueAt));
    }

    // A provider may tell "sent" and then "failed" of one attempt, and tell the first again.
    [Fact]
    public void That_an_earlier_attempt_was_sent_is_no_proof_that_it_reached_anybody()
    {
        var row = RecipientRules.Doubt(Row(), 1, "lost", Noon, Noon).After;
        row = RecipientRules.Repeat(row, Noon).After;
        row = RecipientRules.Doubt(row, 2, "lost", Noon, Noon).After;

        var change = TrackingRules.Climb(new(row, ExecutionOpen: true), Receipt(row, ReceiptStatus.Sent, 1), 1, Noon)!;

        Assert.Equal((RecipientStatus.InDoubt, Noon), (change.After.Status, change.After.InDoubtSince));
    }

    [Fact]
    public void What_is_made_again_under_its_key_is_left_to_the_answer_when_its_receipt_comes()
    {
        var row = RecipientRules.Doubt(Row(), 1, "lost", Noon, Noon).After;

        var change = TrackingRules.Climb(new(row, ExecutionOpen: true, InFlight: true), Receipt(row, ReceiptStatus.Sent, 1), 1, Noon)!;

        Assert.Equal((RecipientStatus.Sent, ReasonCodes.AwaitingReceipt, null), (change.After.Status, change.After.WaitingReason, change.DueAt));
        Assert.Equal((Noon.AddSeconds(1), "b"), AfterAnswer(RecipientRules.Accept(change.After, 1, "m-1", Noon.AddSeconds(1), new RunStep.Send("b"))));
        Assert.Equal((Noon, null), AfterAnswer(RecipientRules.Fail(change.After, 1, "busy", "Busy.", Noon.AddSeconds(1), null)));
        Assert.Equal((Noon, null), AfterAnswer(RecipientRules.Doubt(change.After, 1, "lost", Noon.AddSeconds(1), Noon.AddMinutes(1))));
        Assert.Equal((Noon.AddSeconds(1), null), AfterAnswer(RecipientRules.Recover(change.After, Noon.AddSeconds(1))));
    }

    [Fact]
    public void A_person_can_say_that_it_was_sent_while_it_is_made_again_and_not_that_it_was_not()
    {
        var row = RecipientRules.Doubt(Row(), 1, "lost", Noon, Noon).After;

        Assert.Null(TrackingRules.Resolve(new(row, ExecutionOpen: true, InFlight: true), sent: false, Noon));
        var change = TrackingRules.Resolve(new(row, ExecutionOpen: true, InFlight: true), sent: true, Noon)!;

        Assert.Equal((RecipientStatus.Sent, ReasonCodes.AwaitingReceipt, null), (change.After.Status, change.After.WaitingReason, change.DueAt));
    }

    [Fact]
    public async Task A_failure_that_names_no_attempt_is_about_its_own_message()
    {
        var run = await TrackedRun.StartAsync(flow: TrackedRun.TwoMessages());
        await run.SendAsync(new RunStep.Send("b"));
        await run.SendAsync();
        var sent = await run.RowAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { AttemptId = null, IsTransient = true });
        Assert.Equal(sent, await run.RowAsync());

        await run.HearAsync(run.Receipt(ReceiptStatus.Failed, 2) with { AttemptId = null, IsTransient = true });
        Assert.Equal((RecipientStatus.Pending, "b", "m0-2"), await run.RowAsync() is var again ? (again.Status, again.FlowCurrentNode, again.ProviderMessageId) : default);
    }

    private static async Task<TrackedRun> RetriedAsync()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Failed) with { IsTransient = true });
        run.Clock.Advance(TimeSpan.FromSeconds(70));
        await run.HandOverAsync();
        Assert.Equal(RecipientStatus.Sending, (await run.RowAsync()).Status);
        return run;
    }

    private static async Task DeliveredAsync(TrackedRun run, int attempts)
    {
        var row = await run.RowAsync();
        Assert.Equal(
            (RecipientStatus.Delivered, Milestone.Delivered, attempts, true, ReasonCodes.AwaitingReceipt), (row.Status, row.Reached, row.Attempts, row.Open, row.WaitingReason));
        Assert.Equal((1, 1, 0), await run.CountersAsync() is var counters ? (counters.Sent, counters.Delivered, counters.Failed) : default);

        // It is due: whoever takes it on sees that it was taken, and goes on behind the message.
        var lease = (await run.Store.Claims.LeaseAsync(run.Execution.Number, "another", 1, TimeSpan.FromMinutes(1), run.Cancellation))!;
        var claimed = Assert.Single(await run.Store.Claims.ClaimAsync(lease, 10, cancellationToken: run.Cancellation));
        Assert.Equal((row.Id, ReasonCodes.AwaitingReceipt), (claimed.Recipient.Id, claimed.Recipient.WaitingReason));
    }

    private static (DateTimeOffset? DueAt, string? Node) AfterAnswer(RecipientChange change) => (change.DueAt, change.After.FlowCurrentNode);

    private static Recipient Row() => new()
    {
        Id = RecipientId.Create(1, 0, Noon),
        ExecutionId = new(Guid.CreateVersion7(Noon)),
        ContactId = new(Guid.CreateVersion7(Noon)),
        PhoneNumber = "5511988887777",
        CreatedAt = Noon,
    };

    private static InboundEvent.Receipt Receipt(Recipient row, ReceiptStatus status, int attempt) => new()
    {
        ChannelId = "channel-1",
        At = Noon,
        ProviderMessageId = $"m-{attempt}",
        AttemptId = new AttemptId(row.Id, attempt).ToString(),
        Status = status,
    };
}
