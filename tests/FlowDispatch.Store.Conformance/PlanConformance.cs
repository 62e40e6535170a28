using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Store.Conformance;

/// <summary>Planning: one node at a time, going on where the last one stood, each contact once.</summary>
public abstract class PlanConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task The_oldest_execution_is_leased_first_and_turns_running()
    {
        var first = await ExecutionAsync();
        var second = await ExecutionAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(first.Id, (await LeasePlanAsync())!.Execution.Id);
        Assert.Equal(second.Id, (await LeasePlanAsync())!.Execution.Id);
        Assert.Null(await LeasePlanAsync());

        var running = await FindAsync(first);
        Assert.Equal((ExecutionStatus.Running, Now), (running.Status, running.StartedAt));
    }

    [Fact]
    public async Task Eight_nodes_at_once_lease_each_execution_once()
    {
        var executions = new List<Execution>();
        for (var i = 0; i < 5; i++)
        {
            executions.Add(await ExecutionAsync());
        }

        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Store.Executions.LeasePlanAsync($"node-{i}", Lease, Cancellation), Cancellation)));

        Assert.Equal(executions.Select(e => e.Number), leases.OfType<PlanLease>().Select(l => l.Execution.Number).Order());
    }

    [Fact]
    public async Task Planned_recipients_are_kept_in_their_order_as_every_store_makes_them()
    {
        var contacts = await ContactsAsync(4);
        var execution = await ExecutionAsync();
        PlannedRecipient[] planned =
        [
            Some.Planned(contacts[0]) with { TimeZone = "Asia/Tokyo", Variables = new Dictionary<string, string> { ["nome"] = "Zoë \"🐙\" {{x}}", ["b"] = "", ["a"] = "1" } },
            Some.Planned(contacts[1]) with { Variables = Recipient.NoVariables, ContactName = null },
            Some.Planned(contacts[2]) with { Status = RecipientStatus.Skipped, ErrorCode = ReasonCodes.Blocked, ErrorMessage = "Gesperrt ✋" },
            Some.Planned(contacts[3]) with { Status = RecipientStatus.Failed, ErrorCode = ReasonCodes.TemplateError, ErrorMessage = "x", PhoneNumber = "" },
        ];

        await PlanAsync(execution, planned);
        await ReopenAsync();

        var rows = await RecipientsAsync(execution);
        Assert.Equal(Some.Text(planned.Select((p, i) => p.At(execution, i, Now))), Some.Text(rows));
        Assert.Equal(["nome", "b", "a"], rows[0].Variables.Keys);
        Assert.Equal(new() { Total = 4, Pending = 2, Skipped = 1, Failed = 1, Open = 2 }, (await ConsistentAsync(execution)).Rows);
        Assert.Equal(
            [new(ReasonCodes.Blocked, 1), new(ReasonCodes.TemplateError, 1)],
            (await Store.Executions.CountErrorsAsync(execution.Id, Cancellation)).OrderBy(e => e.Code, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_contact_is_planned_once_whatever_the_audience_repeats()
    {
        var contacts = await ContactsAsync(3);
        var execution = await ExecutionAsync();
        var lease = (await LeasePlanAsync())!;
        await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[0]), Some.Planned(contacts[1])], finished: false), Cancellation);
        await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[1]), Some.Planned(contacts[2]), Some.Planned(contacts[0])]), Cancellation);

        var rows = await RecipientsAsync(execution);

        Assert.Equal(contacts.Select(c => c.Id), rows.Select(r => r.ContactId));
        Assert.Equal([0, 1, 2], rows.Select(r => r.Id.Ordinal));
        Assert.Equal(3, (await ConsistentAsync(execution)).Rows.Total);
    }

    [Fact]
    public async Task A_contact_is_planned_once_however_many_executions_reach_it_meanwhile()
    {
        var contacts = await ContactsAsync(2);
        var execution = await ExecutionAsync();
        var lease = (await LeasePlanAsync())!;
        Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[0])], finished: false), Cancellation));
        for (var i = 0; i < 60; i++)
        {
            await PlanAsync(await ExecutionAsync(), [Some.Planned(contacts[0])]);
        }

        Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([.. contacts.Select(Some.Planned)]), Cancellation));

        Assert.Equal(contacts.Select(c => c.Id), (await RecipientsAsync(execution)).Select(r => r.ContactId));
    }

    [Fact]
    public async Task Whom_a_planner_named_after_its_lease_is_planned_by_the_next_once_and_found_by_a_reply()
    {
        var contacts = await ContactsAsync(7);
        var execution = await ExecutionAsync();
        var late = (await LeasePlanAsync())!;
        Clock.Advance(Lease);
        var next = (await LeasePlanAsync())!;
        Assert.True(await AppendAsync(next, [0, 1], finished: false));

        // One of these is planned by nobody.
        Assert.False(await AppendAsync(late, [6, 3, 1], finished: false));
        Assert.True(await AppendAsync(next, [3, 1, 2, 4], finished: false));
        Assert.False(await AppendAsync(late, [5, 2, 3], finished: true));
        Assert.True(await AppendAsync(next, [2, 3, 5], finished: true));

        var rows = await RecipientsAsync(execution);
        Assert.Equal(((int[])[0, 1, 3, 2, 4, 5]).Select(i => contacts[i].Id), rows.Select(r => r.ContactId));
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));
        Assert.True(await CommitAsync(lease, items.Select(i => Accepted(i))));
        var latest = await Store.Recipients.FindLatestAsync(Some.Channel, [.. contacts.Select(c => c.Id)], Cancellation);
        Assert.Equal(rows.ToDictionary(r => r.ContactId, r => r.Id), latest.ToDictionary(f => f.Key, f => f.Value.Id));

        Task<bool> AppendAsync(PlanLease lease, int[] places, bool finished) =>
            Store.Executions.AppendPlanAsync(lease, Batch([.. places.Select(p => Some.Planned(contacts[p]))], finished: finished), Cancellation);
    }

    [Fact]
    public async Task Recipients_can_be_claimed_while_planning_goes_on()
    {
        var contacts = await ContactsAsync(4);
        var execution = await ExecutionAsync();
        var plan = (await LeasePlanAsync())!;
        await Store.Executions.AppendPlanAsync(plan, Batch([.. contacts.Take(2).Select(Some.Planned)], finished: false), Cancellation);
        var lease = await LeaseAsync(execution);
        Assert.Equal([0, 1], (await ClaimAsync(lease)).Select(i => i.Recipient.Id.Ordinal));
        Assert.False((await ControlAsync(execution))!.Planned);
        Assert.Null((await FindAsync(execution)).PlannedAt);

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.Executions.AppendPlanAsync(plan, Batch([.. contacts.Skip(2).Select(Some.Planned)]), Cancellation);

        Assert.Equal([2, 3], (await ClaimAsync(lease)).Select(i => i.Recipient.Id.Ordinal));
        Assert.Equal(Now, (await FindAsync(execution)).PlannedAt);
    }

    [Fact]
    public async Task Another_node_goes_on_at_the_position_kept_once_the_lease_ended()
    {
        var contacts = await ContactsAsync(2);
        var execution = await ExecutionAsync();
        var dead = (await LeasePlanAsync())!;
        Assert.Null(dead.Position);
        await Store.Executions.AppendPlanAsync(dead, Batch([Some.Planned(contacts[0])], finished: false, position: "page 2 ✓"), Cancellation);

        Clock.Advance(Lease);
        await ReopenAsync();
        var next = (await LeasePlanAsync())!;

        Assert.Equal((execution.Id, "page 2 ✓", true), (next.Execution.Id, next.Position, next.Token > dead.Token));
        Assert.False(await Store.Executions.AppendPlanAsync(dead, Batch([Some.Planned(contacts[1])]), Cancellation));
        Assert.True(await Store.Executions.AppendPlanAsync(next, Batch([Some.Planned(contacts[1])]), Cancellation));
        Assert.Equal(2, (await RecipientsAsync(execution)).Count);
    }

    [Fact]
    public async Task Each_append_renews_the_lease()
    {
        var contacts = await ContactsAsync(1);
        await ExecutionAsync();
        var lease = (await LeasePlanAsync())!;
        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[0])], finished: false), Cancellation));

        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        Assert.Null(await LeasePlanAsync());
        Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([], finished: false), Cancellation));

        Clock.Advance(Lease);
        Assert.False(await Store.Executions.AppendPlanAsync(lease, Batch([], finished: false), Cancellation));
    }

    [Fact]
    public async Task A_lease_that_was_given_back_is_taken_at_once_and_writes_no_more()
    {
        await ExecutionAsync();
        var given = (await LeasePlanAsync())!;
        await Store.Executions.ReleasePlanAsync(given, Cancellation);
        Assert.False(await Store.Executions.AppendPlanAsync(given, Batch([]), Cancellation));

        var taken = (await LeasePlanAsync())!;
        await Store.Executions.ReleasePlanAsync(given, Cancellation);

        Assert.True(taken.Token > given.Token);
        Assert.True(await Store.Executions.AppendPlanAsync(taken, Batch([]), Cancellation));
    }

    [Theory]
    [InlineData(ExecutionStatus.Paused)]
    [InlineData(ExecutionStatus.Cancelled)]
    [InlineData(ExecutionStatus.Failed)]
    public async Task Nothing_is_planned_into_an_execution_that_does_not_run(ExecutionStatus status)
    {
        var contacts = await ContactsAsync(1);
        var execution = await ExecutionAsync();
        var lease = (await LeasePlanAsync())!;
        await SetStatusAsync(status);

        Assert.False(await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[0])]), Cancellation));
        Assert.Empty(await RecipientsAsync(execution));
        Clock.Advance(Lease);
        Assert.Null(await LeasePlanAsync());

        await SetStatusAsync(ExecutionStatus.Running);
        Assert.NotNull(await LeasePlanAsync());

        async Task SetStatusAsync(ExecutionStatus s) => await Store.Executions.UpdateAsync(Some.Organization, execution.Id, e => e with { Status = s }, Cancellation);
    }

    [Fact]
    public async Task A_planned_execution_is_neither_leased_nor_planned_again()
    {
        var contacts = await ContactsAsync(2);
        await ExecutionAsync();
        var lease = (await LeasePlanAsync())!;
        await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[0])]), Cancellation);

        Assert.False(await Store.Executions.AppendPlanAsync(lease, Batch([Some.Planned(contacts[1])]), Cancellation));
        Clock.Advance(Lease);
        Assert.Null(await LeasePlanAsync());
    }

    [Fact]
    public async Task An_execution_without_anybody_to_send_to_closes_when_it_is_planned()
    {
        var contact = Assert.Single(await ContactsAsync(1));
        var execution = await ExecutionAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));

        await PlanAsync(execution, [Some.Planned(contact) with { Status = RecipientStatus.Skipped, ErrorCode = ReasonCodes.OptedOut }]);

        var closed = await FindAsync(execution);
        Assert.Equal((ExecutionStatus.Completed, Now, Now), (closed.Status, closed.PlannedAt, closed.CompletedAt));
    }

    [Fact]
    public async Task Eight_executions_planned_at_once_each_have_their_own_people()
    {
        var contacts = await ContactsAsync(300);
        var executions = new List<Execution>();
        for (var i = 0; i < 8; i++)
        {
            executions.Add(await ExecutionAsync());
        }

        await Task.WhenAll(executions.Select(_ => Task.Run(
            async () =>
            {
                var lease = (await LeasePlanAsync())!;
                foreach (var chunk in contacts.Skip(lease.Execution.Number).Chunk(50))
                {
                    Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([.. chunk.Select(Some.Planned)], sliceSize: 20, finished: false), Cancellation));
                }

                Assert.True(await Store.Executions.AppendPlanAsync(lease, Batch([]), Cancellation));
            },
            Cancellation)));

        foreach (var execution in executions)
        {
            var rows = await RecipientsAsync(execution);
            Assert.Equal(contacts.Skip(execution.Number).Select(c => c.Id), rows.Select(r => r.ContactId));
            Assert.Equal(Enumerable.Range(0, rows.Count), rows.Select(r => r.Id.Ordinal));
            await ConsistentAsync(execution);
        }
    }

    private Task<PlanLease?> LeasePlanAsync() => Store.Executions.LeasePlanAsync("node", Lease, Cancellation);
}
