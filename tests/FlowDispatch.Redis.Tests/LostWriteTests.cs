using FlowDispatch.Contacts;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Tracking;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>Redis lost its last writes, as in a failover: what it had acknowledged is taken back by hand.</summary>
public sealed class LostWriteTests : LookedIntoTest
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private static readonly string[] InboxKeys = ["last", "last_pack", "entries", "pack", "packs", "due", "new"];

    [Fact]
    public async Task A_lease_whose_last_commit_was_lost_is_given_up()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 30, Cancellation);
        var lease = (await Store.Claims.LeaseAsync(execution.Number, "node", 10, TimeSpan.FromMinutes(1), Cancellation))!;
        await Store.Claims.ClaimAsync(lease, 30, cancellationToken: Cancellation);
        Assert.True(await Store.Claims.CommitAsync(lease, Marks(1, 0, 1), Cancellation));
        Assert.True(await Store.Claims.CommitAsync(lease, Marks(2, 2, 3), Cancellation));

        await Redis.GetDatabase().HashDecrementAsync($"{Prefix}{{{execution.Number}}}:commits", lease.Token);

        Assert.False(await Store.Claims.CommitAsync(lease, Marks(3, 4, 5), Cancellation));
        await using var other = new RedisStore(new() { Configuration = Redis.Configuration, KeyPrefix = Prefix }, Clock);
        await Assert.ThrowsAsync<CommitOutOfTurnException>(() => other.Claims.CommitAsync(lease, Marks(3, 4, 5), Cancellation));
    }

    [Fact]
    public async Task A_fencing_token_that_was_lost_is_not_given_again()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 1, Cancellation);
        var first = (await Store.Claims.LeaseAsync(execution.Number, "a", 5, TimeSpan.FromMinutes(1), Cancellation))!;
        await Redis.GetDatabase().HashDeleteAsync($"{Prefix}{{{execution.Number}}}:h", "leases");
        await Redis.GetDatabase().KeyDeleteAsync($"{Prefix}{{{execution.Number}}}:leases");
        Clock.Advance(Moment);

        var second = (await Store.Claims.LeaseAsync(execution.Number, "b", 5, TimeSpan.FromMinutes(1), Cancellation))!;

        Assert.True(second.Token > first.Token);
        Assert.Equal([second.Token], await Store.Claims.RenewAsync([first.Token, second.Token], TimeSpan.FromMinutes(1), Cancellation));
        var third = (await Store.Claims.LeaseAsync(execution.Number, "c", 5, TimeSpan.FromMinutes(1), Cancellation))!;
        Assert.True(third.Token > second.Token);
    }

    [Fact]
    public async Task A_planners_token_that_was_lost_is_not_given_again()
    {
        var automation = Some.Automation(Clock);
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        var execution = (await Store.Executions.CreateAsync(Some.Execution(Clock, automation), cancellationToken: Cancellation)).Execution!;
        var first = (await Store.Executions.LeasePlanAsync("a", TimeSpan.FromMinutes(1), Cancellation))!;
        await Redis.GetDatabase().HashDeleteAsync($"{Prefix}{{{execution.Number}}}:h", ["plan_token", "plan_until"]);
        Clock.Advance(Moment);

        var second = (await Store.Executions.LeasePlanAsync("b", TimeSpan.FromMinutes(1), Cancellation))!;

        Assert.True(second.Token > first.Token);
        var batch = new PlanBatch { Recipients = [], Position = null, Finished = true, SliceSize = 10, At = Clock.GetUtcNow() };
        Assert.False(await Store.Executions.AppendPlanAsync(first, batch, Cancellation));
        Assert.True(await Store.Executions.AppendPlanAsync(second, batch, Cancellation));
    }

    [Fact]
    public async Task Nodes_that_have_read_past_what_was_lost_hear_of_who_opts_out_after_it()
    {
        var people = await Store.Contacts.UpsertAsync(Some.Organization, [.. Enumerable.Range(0, 3).Select(Some.Upsert)], ContactUpdateMode.Fill, revive: false, Cancellation);
        await OptOutAsync(people[0].Contact.Id);
        await OptOutAsync(people[1].Contact.Id);
        var cursor = (await Store.Claims.ReadControlAsync(0, Cancellation)).Cursor;
        await Redis.GetDatabase().KeyDeleteAsync([$"{Prefix}{{shared}}:suppression", $"{Prefix}{{shared}}:suppressions"]);
        Assert.Equal(cursor, (await Store.Claims.ReadControlAsync(cursor, Cancellation)).Cursor);
        Clock.Advance(Moment);

        await OptOutAsync(people[2].Contact.Id);

        var control = await Store.Claims.ReadControlAsync(cursor, Cancellation);
        Assert.Equal(people[2].Contact.Id, Assert.Single(control.Suppressed).Contact);
        Assert.Empty((await Store.Claims.ReadControlAsync(control.Cursor, Cancellation)).Suppressed);

        Task<Contact?> OptOutAsync(ContactId id) =>
            Store.Contacts.UpdateAsync(Some.Organization, id, c => c with { OptedIn = false, OptReason = "STOP" }, Cancellation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(ReceiptPack.Fewest)]
    public async Task What_comes_in_is_not_taken_away_under_the_id_of_what_was_lost(int together)
    {
        await Store.Inbox.AppendAsync(Receipts("lost"), Clock.GetUtcNow(), Cancellation);
        var lost = await Store.Inbox.ReadAsync(Clock.GetUtcNow(), 100, Cancellation);
        await Redis.GetDatabase().KeyDeleteAsync([.. InboxKeys.Select(k => (RedisKey)$"{Prefix}{{inbox}}:{k}")]);
        Clock.Advance(Moment);
        await Store.Inbox.AppendAsync(Receipts("new"), Clock.GetUtcNow(), Cancellation);
        await Store.Inbox.AppendAsync(Receipts("newer"), Clock.GetUtcNow(), Cancellation);

        await Store.Inbox.DropAsync([.. lost.Select(e => e.Id)], Cancellation);

        var left = await Store.Inbox.ReadAsync(Clock.GetUtcNow(), 100, Cancellation);
        Assert.Equal([.. Receipts("new"), .. Receipts("newer")], left.Select(e => e.Event));
        Assert.Equal(left.Count, left.Select(e => e.Id).Distinct().Count());

        InboundEvent[] Receipts(string name) => [.. Enumerable.Range(0, together).Select(i => Some.Receipt(Clock, ReceiptStatus.Delivered, $"wamid.{name}.{i}"))];
    }

    [Fact]
    public async Task An_automations_sums_leave_out_an_execution_whose_head_was_lost()
    {
        var automation = Some.Automation(Clock);
        await Store.Automations.CreateAsync(automation, cancellationToken: Cancellation);
        var kept = (await Store.Executions.CreateAsync(Some.Execution(Clock, automation), cancellationToken: Cancellation)).Execution!;
        var lost = (await Store.Executions.CreateAsync(Some.Execution(Clock, automation), cancellationToken: Cancellation)).Execution!;
        await Redis.GetDatabase().KeyDeleteAsync($"{Prefix}{{{lost.Number}}}:h");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(20));

        var sums = await Store.Executions.SumAsync(Some.Organization, automation.Id, patience.Token);

        Assert.Equal((1, kept.Id), (sums.Executions, sums.LastExecutionId));
    }

    private static DispatchCommit Marks(long number, params int[] ordinals) => new() { Number = number, Follows = number - 1, Marks = ordinals };
}
