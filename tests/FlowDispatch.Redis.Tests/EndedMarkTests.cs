using FlowDispatch.Recipients;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Tracking;

namespace FlowDispatch.Redis.Tests;

/// <summary>A reply that ends somebody's run just as their next message is marked costs nobody else a message.</summary>
public sealed class EndedMarkTests : StoreConformance<RedisStoreFixture>
{
    [Fact]
    public async Task A_mark_on_somebody_whose_run_a_reply_ended_meanwhile_is_passed_over_and_the_others_are_made()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, items.Select(i => Accepted(i, new RunStep.Send("offer"))));
        var next = await ClaimAsync(lease);
        await TransitionAsync(next[0].Recipient.Id, s => TrackingRules.Reply(s, Some.Reply(Clock, "SAIR"), optedOut: true, Now));

        Assert.True(await MarkAsync(lease, next));

        await Store.Claims.ReleaseAsync(lease, Cancellation);
        var rows = await RecipientsAsync(execution);
        Assert.Equal([(Milestone.Replied, false), (Milestone.Sent, true)], rows.Select(r => (r.Reached, r.Open)));
        Assert.Equal(RecipientStatus.InDoubt, rows[1].Status);
        await ConsistentAsync(execution);
    }
}
