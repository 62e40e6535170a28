using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>A first attempt whose sender takes its time, while a receipt has called it failed and its retry is on its way: one entry of the queue, whoever answers.</summary>
public abstract class LateAnswerConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_first_attempt_that_ends_without_success_does_not_free_the_mark_of_its_retry(bool inDoubt)
    {
        var (execution, lease, first) = await FailedByReceiptAsync();
        var other = await Store.Claims.LeaseAsync(execution.Number, "other", 10, Lease, Cancellation);
        var retry = await Store.Claims.ClaimAsync(other!, 10, ClaimScope.Due, cancellationToken: Cancellation);
        Assert.True(await MarkAsync(other!, retry));

        var now = Now;
        Assert.True(await CommitAsync(lease, new ClaimedChange(first.Recipient, row => inDoubt
            ? RecipientRules.Doubt(row, 1, "The sender threw.", now, now.AddMinutes(2), now)
            : RecipientRules.Fail(row, 1, "busy", "Busy.", now, now, now))));

        Assert.Empty(await ClaimAsync(lease));
        Assert.True(await CommitAsync(other!, Accepted(Assert.Single(retry))));
        await AllSentAsync(execution);
    }

    [Fact]
    public async Task A_first_attempt_that_was_taken_leaves_its_retry_claimed()
    {
        var (execution, lease, first) = await FailedByReceiptAsync();
        var retry = await ClaimAsync(lease);

        Assert.True(await CommitAsync(lease, Accepted(first)));

        Assert.Empty(await ClaimAsync(lease));
        Assert.True(await MarkAsync(lease, retry));
        Assert.True(await CommitAsync(lease, Accepted(Assert.Single(retry))));
        await AllSentAsync(execution);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_first_attempt_that_was_taken_leaves_its_retry_to_whoever_comes_after_its_lease(bool marked)
    {
        var (execution, lease, first) = await FailedByReceiptAsync();
        var retry = await ClaimAsync(lease);
        if (marked)
        {
            Assert.True(await MarkAsync(lease, retry));
        }

        Assert.True(await CommitAsync(lease, Accepted(first)));
        Assert.Empty(await ClaimAsync(lease));
        Clock.Advance(Lease);
        await Store.Claims.RecoverAsync(Cancellation);

        Assert.Equal((marked ? RecipientStatus.InDoubt : RecipientStatus.Pending, true), ((await FindAsync(first.Recipient.Id)).Status, (await FindAsync(first.Recipient.Id)).Open));
        Assert.Single(await ClaimAsync(await LeaseAsync(execution)));
        await ConsistentAsync(execution);
    }

    // One of two; the other has its answer, so that the slice is done with.
    private async Task<(Execution Execution, DispatchLease Lease, WorkItem First)> FailedByReceiptAsync()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution, 5);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, Accepted(items[1]));
        var failed = Some.Receipt(Clock, ReceiptStatus.Failed, "wamid.first") with { ErrorCode = "131000" };
        Assert.Equal(1, await TransitionAsync(items[0].Recipient.Id, s => TrackingRules.Fail(s, failed, 1, Some.Nodes, _ => Now)));
        return (execution, lease, items[0]);
    }

    private async Task AllSentAsync(Execution execution)
    {
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Sent, false), (r.Status, r.Open)));
        await ConsistentAsync(execution);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
    }
}
