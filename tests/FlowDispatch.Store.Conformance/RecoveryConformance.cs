using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>What becomes of people whose node is gone, and how executions end.</summary>
public abstract class RecoveryConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Marked_without_an_outcome_is_in_doubt_and_whoever_was_not_marked_is_claimed_again(bool released)
    {
        var execution = await RunningAsync(4);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items.Take(3));
        await CommitAsync(lease, Accepted(items[0]));

        await EndAsync(lease, released);

        Assert.Equal(
            [RecipientStatus.Sent, RecipientStatus.InDoubt, RecipientStatus.InDoubt, RecipientStatus.Pending],
            (await RecipientsAsync(execution)).Select(r => r.Status));
        var again = await ClaimAsync(await LeaseAsync(execution));
        Assert.Equal([1, 2, 3], again.Select(i => i.Recipient.Id.Ordinal));
        Assert.Equal([true, true, false], again.Select(i => i.FromQueue));
        Assert.Equal((1, Now), (again[0].Recipient.Attempts, again[0].Recipient.InDoubtSince));
        Assert.Equal(2, (await ConsistentAsync(execution)).Rows.InDoubt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claimed_entry_is_due_again_and_a_marked_one_in_doubt(bool released)
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Deferred(i, Now)));
        await MarkAsync(lease, (await ClaimAsync(lease)).Take(1));

        await EndAsync(lease, released);

        var again = await ClaimAsync(await LeaseAsync(execution));
        Assert.Equal([RecipientStatus.InDoubt, RecipientStatus.Pending], again.OrderBy(i => i.Recipient.Id.Ordinal).Select(i => i.Recipient.Status));
        Assert.All(again, i => Assert.True(i.FromQueue));
    }

    [Fact]
    public async Task An_untouched_claim_is_claimed_again_by_anybody_once_its_lease_ended()
    {
        var execution = await RunningAsync(3, sliceSize: 2);
        await ClaimAsync(await LeaseAsync(execution));

        Clock.Advance(Lease);
        await ReopenAsync();
        Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));

        Assert.Equal([0, 1, 2], (await ClaimAsync(await LeaseAsync(execution))).Select(i => i.Recipient.Id.Ordinal));
    }

    [Fact]
    public async Task A_lease_that_holds_is_not_swept()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await MarkAsync(lease, await ClaimAsync(lease));

        Clock.Advance(Lease - TimeSpan.FromTicks(1));

        Assert.Equal(0, await Store.Claims.RecoverAsync(Cancellation));
        Assert.Equal(RecipientStatus.Sending, (await RecipientsAsync(execution))[0].Status);
    }

    [Fact]
    public async Task Sweeping_and_releasing_again_does_nothing_more()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await MarkAsync(lease, await ClaimAsync(lease));
        Clock.Advance(Lease);
        await Store.Claims.RecoverAsync(Cancellation);
        var present = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(present));

        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.Equal(0, await Store.Claims.RecoverAsync(Cancellation));

        Assert.Single(await Store.Recipients.ReadHistoryAsync(item.Recipient.Id, Cancellation));
        Assert.True(await CommitAsync(present, new Storage.ClaimedChange(item.Recipient, RecipientRules.Hold)));
    }

    [Fact]
    public async Task Two_nodes_that_sweep_at_once_put_nobody_in_doubt_twice()
    {
        var execution = await RunningAsync(50, sliceSize: 10);
        var lease = await LeaseAsync(execution);
        await MarkAsync(lease, await ClaimAsync(lease));
        Clock.Advance(Lease);

        var swept = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.Claims.RecoverAsync(Cancellation), Cancellation)));

        Assert.Equal(1, swept.Sum());
        foreach (var row in await RecipientsAsync(execution))
        {
            Assert.Equal((RecipientStatus.InDoubt, 1), (row.Status, row.Attempts));
            Assert.Single(await Store.Recipients.ReadHistoryAsync(row.Id, Cancellation));
        }
    }

    [Fact]
    public async Task An_early_receipt_is_the_proof_and_its_recipient_is_not_in_doubt()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        await TransitionAsync(item.Recipient.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Sent), 1, Now));

        await Store.Claims.ReleaseAsync(lease, Cancellation);

        var again = Assert.Single(await ClaimAsync(await LeaseAsync(execution)));
        Assert.Equal((RecipientStatus.Sent, 1, true), (again.Recipient.Status, again.Recipient.Attempts, again.FromQueue));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task A_receipt_that_reported_failure_first_leaves_its_retry_alone()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        await TransitionAsync(item.Recipient.Id, s => new() { After = s.Recipient with { Attempts = 1, WaitingReason = ReasonCodes.Retry, NextAttemptAt = Now.AddMinutes(1) }, DueAt = Now.AddMinutes(1) });
        Assert.Equal(RecipientStatus.Pending, (await FindAsync(item.Recipient.Id)).Status);

        await Store.Claims.ReleaseAsync(lease, Cancellation);

        var row = await FindAsync(item.Recipient.Id);
        Assert.Equal((RecipientStatus.Pending, 1, Now.AddMinutes(1)), (row.Status, row.Attempts, row.NextAttemptAt));
    }

    [Fact]
    public async Task A_slice_of_which_part_was_passed_goes_on_where_it_stood()
    {
        var execution = await RunningAsync(10, sliceSize: 10);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items.Take(2));
        await CommitAsync(lease, Accepted(items[0]), Accepted(items[1]), Skipped(items[2]), Deferred(items[3], Now.AddDays(1)));
        await Store.Claims.ReleaseAsync(lease, Cancellation);

        Assert.Equal([4, 5, 6, 7, 8, 9], (await ClaimAsync(await LeaseAsync(execution))).Select(i => i.Recipient.Id.Ordinal));
    }

    [Fact]
    public async Task An_execution_closes_once_it_is_planned_and_nobody_is_open()
    {
        var contacts = await ContactsAsync(2);
        var execution = await ExecutionAsync();
        var plan = (await Store.Executions.LeasePlanAsync("planner", Lease, Cancellation))!;
        await Store.Executions.AppendPlanAsync(plan, Batch([Some.Planned(contacts[0])], finished: false), Cancellation);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Accepted(i)));
        Assert.False(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));

        await Store.Executions.AppendPlanAsync(plan, Batch([Some.Planned(contacts[1])]), Cancellation);
        Assert.False(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Accepted(i)));
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        Assert.False(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        var closed = await FindAsync(execution);
        Assert.Equal((ExecutionStatus.Completed, Now), (closed.Status, closed.CompletedAt));
    }

    [Fact]
    public async Task Only_a_running_execution_closes()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Accepted(i)));
        await Store.Executions.UpdateAsync(Some.Organization, execution.Id, e => e with { Status = ExecutionStatus.Paused }, Cancellation);

        Assert.False(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        Assert.False(await Store.Claims.TryCloseAsync(execution.Number + 1, Cancellation));
    }

    [Fact]
    public async Task Eight_at_once_close_an_execution_once()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Accepted(i)));

        var closed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.Claims.TryCloseAsync(execution.Number, Cancellation), Cancellation)));

        Assert.Single(closed, c => c);
    }

    [Fact]
    public async Task Cancelling_closes_everybody_in_steps_by_where_they_stand()
    {
        var execution = await RunningAsync(7, sliceSize: 2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease, 4);
        await MarkAsync(lease, items.Take(3));
        await CommitAsync(lease, Accepted(items[0]), Accepted(items[1], new RunStep.Send("offer")), Deferred(items[3], Now.AddDays(1)));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        await CancelAsync(execution);

        Assert.Equal(4, await Store.Claims.CancelOpenAsync(execution.Number, 4, Cancellation));
        Assert.Equal(2, await Store.Claims.CancelOpenAsync(execution.Number, 4, Cancellation));
        Assert.Equal(0, await Store.Claims.CancelOpenAsync(execution.Number, 4, Cancellation));

        Assert.Equal(
            [
                RecipientStatus.Sent, RecipientStatus.Sent, RecipientStatus.InDoubt, RecipientStatus.Cancelled,
                RecipientStatus.Cancelled, RecipientStatus.Cancelled, RecipientStatus.Cancelled,
            ],
            (await RecipientsAsync(execution)).Select(r => r.Status));
        var audit = await ConsistentAsync(execution);
        Assert.Equal((4, 1, 0), (audit.Rows.Cancelled, audit.Rows.InDoubt, audit.Rows.Open));
        Assert.True(audit.Settled);
    }

    [Fact]
    public async Task Nobody_is_cancelled_while_a_lease_holds_or_in_an_execution_that_is_not_cancelled()
    {
        var execution = await RunningAsync(1);
        Assert.Equal(0, await Store.Claims.CancelOpenAsync(execution.Number, 10, Cancellation));
        var lease = await LeaseAsync(execution);
        await CancelAsync(execution);
        Assert.Equal(0, await Store.Claims.CancelOpenAsync(execution.Number, 10, Cancellation));

        await Store.Claims.ReleaseAsync(lease, Cancellation);

        Assert.Equal(1, await Store.Claims.CancelOpenAsync(execution.Number, 10, Cancellation));
    }

    private async Task EndAsync(Storage.DispatchLease lease, bool released)
    {
        if (released)
        {
            await Store.Claims.ReleaseAsync(lease, Cancellation);
        }
        else
        {
            Clock.Advance(Lease);
            Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));
        }
    }
}
