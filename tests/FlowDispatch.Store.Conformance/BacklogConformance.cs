using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Store.Conformance;

/// <summary>What a store says is left lying.</summary>
public abstract class BacklogConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Nothing_is_left_lying_in_an_empty_store()
    {
        var backlog = await ReadAsync();

        Assert.Equal((Now, 0, null, 0), (backlog.Now, backlog.EndedLeases, backlog.FirstLeaseEnd, backlog.InDoubt));
        Assert.Empty(backlog.Waiting);
    }

    [Fact]
    public async Task A_queued_execution_waits_since_it_was_made_until_somebody_plans_it()
    {
        var execution = await ExecutionAsync();
        var made = Now;
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([new(execution.Number, made, ToPlan: true)], (await ReadAsync()).Waiting);

        await Store.Executions.LeasePlanAsync("planner", Lease, Cancellation);

        Assert.Empty((await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task An_execution_whose_planner_is_gone_waits_since_its_lease_ended()
    {
        var execution = await ExecutionAsync();
        await Store.Executions.LeasePlanAsync("planner", Lease, Cancellation);
        Clock.Advance(Lease);
        var ended = Now;
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([new(execution.Number, ended, ToPlan: true)], (await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task People_nobody_claimed_wait_since_the_start_until_a_node_takes_part()
    {
        var execution = await RunningAsync(3);
        var started = Now;
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([new(execution.Number, started, ToPlan: false)], (await ReadAsync()).Waiting);

        await LeaseAsync(execution);

        Assert.Empty((await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task Those_planned_so_far_wait_too_while_the_rest_is_planned()
    {
        var execution = await ExecutionAsync();
        var started = Now;
        var plan = await Store.Executions.LeasePlanAsync("planner", Lease, Cancellation);
        var contacts = await ContactsAsync(2);
        await Store.Executions.AppendPlanAsync(plan!, Batch([.. contacts.Select(Some.Planned)], finished: false), Cancellation);

        Assert.Equal([new(execution.Number, started, ToPlan: false)], (await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task Due_people_wait_since_they_were_due_and_others_do_not_wait()
    {
        var (soon, later) = (Now + TimeSpan.FromMinutes(1), Now + TimeSpan.FromHours(1));
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await CommitAsync(lease, Deferred(items[0], soon), Deferred(items[1], later));
        await Store.Claims.ReleaseAsync(lease, Cancellation);

        Assert.Empty((await ReadAsync()).Waiting);
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal([new(execution.Number, soon, ToPlan: false)], (await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task A_paused_execution_does_not_wait_nor_one_whose_automation_is_being_worked_on()
    {
        var automation = await AutomationAsync();
        var first = await RunningAsync(1, automation: automation);
        var second = await RunningAsync(1, automation: automation);
        var paused = await RunningAsync(1);
        await Store.Executions.UpdateAsync(paused.OrganizationId, paused.Id, e => e with { Status = ExecutionStatus.Paused }, Cancellation);

        Assert.Equal([first.Number, second.Number], (await ReadAsync()).Waiting.Select(w => w.Number));

        await LeaseAsync(first, slots: 1);

        Assert.Empty((await ReadAsync()).Waiting);
    }

    [Fact]
    public async Task A_hundred_that_wait_longest_are_named()
    {
        var made = new List<(int, DateTimeOffset)>();
        for (var i = 0; i < 102; i++)
        {
            made.Add(((await ExecutionAsync()).Number, Now));
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(made.Take(100), (await ReadAsync()).Waiting.Select(w => (w.Number, w.Since)));
    }

    [Fact]
    public async Task Leases_past_their_end_are_counted_until_they_are_recovered_and_people_in_doubt_from_then_on()
    {
        var execution = await RunningAsync(5);
        var lease = await LeaseAsync(execution, slots: 1);
        await MarkAsync(lease, (await ClaimAsync(lease)).Take(2));
        Clock.Advance(Lease);
        var ended = Now;
        Clock.Advance(TimeSpan.FromMinutes(1));
        await LeaseAsync(execution, slots: 1);

        var before = await ReadAsync();
        await Store.Claims.RecoverAsync(Cancellation);
        var after = await ReadAsync();

        Assert.Equal((1, ended, 0), (before.EndedLeases, before.FirstLeaseEnd, before.InDoubt));
        Assert.Equal((0, null, 2), (after.EndedLeases, after.FirstLeaseEnd, after.InDoubt));
    }

    [Fact]
    public async Task Whom_a_commit_settles_is_in_doubt_no_more_at_once()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        await MarkAsync(lease, await ClaimAsync(lease));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        var present = await LeaseAsync(execution);
        var item = (await ClaimAsync(present))[0];
        Assert.Equal(2, (await ReadAsync()).InDoubt);

        Assert.True(await CommitAsync(present, new ClaimedChange(item.Recipient, row => RecipientRules.Accept(row, row.Attempts, "wamid.1", Now, Some.End))));

        Assert.Equal(1, (await ReadAsync()).InDoubt);
    }

    [Fact]
    public async Task Whoever_stays_in_doubt_in_an_ended_execution_is_counted()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await MarkAsync(lease, await ClaimAsync(lease));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        var present = await LeaseAsync(execution);
        await CommitAsync(present, new ClaimedChange(Assert.Single(await ClaimAsync(present)).Recipient, RecipientRules.Hold));
        await Store.Claims.ReleaseAsync(present, Cancellation);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));

        Assert.Equal(1, (await ReadAsync()).InDoubt);
    }

    private Task<DispatchBacklog> ReadAsync() => Store.Claims.ReadBacklogAsync(Cancellation);
}
