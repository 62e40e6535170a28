using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Store.Conformance;

/// <summary>Executions: numbered, started once for a key, and summed up.</summary>
public abstract class ExecutionConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Executions_are_numbered_upwards_from_one_and_found_by_number_and_id()
    {
        var first = await ExecutionAsync();
        var second = await ExecutionAsync(await AutomationAsync(organization: Some.OtherOrganization));

        Assert.True(first.Number >= 1 && second.Number > first.Number);
        Assert.Equal(first.Id, (await Store.Executions.FindByNumberAsync(first.Number, Cancellation))!.Id);
        Assert.Equal(second.Id, (await Store.Executions.FindByNumberAsync(second.Number, Cancellation))!.Id);
        Assert.Equal(second.Number, (await FindAsync(second)).Number);
        Assert.Null(await Store.Executions.FindByNumberAsync(second.Number + 1, Cancellation));
    }

    [Fact]
    public async Task Everything_of_an_execution_survives()
    {
        var automation = await AutomationAsync();
        var execution = Some.Execution(Clock, automation) with
        {
            Type = ExecutionType.Trigger,
            TriggeredByEvent = "webhook:pagó",
            RepairOf = ExecutionId.New(Clock),
            Snapshot = new()
            {
                Settings = automation.Settings with { Priority = 5 },
                FlowVersion = 3,
                FlowNodes = Some.Nodes,
                TestMode = true,
                TestContactIds = [ContactId.New(Clock), ContactId.New(Clock)],
                Repair = new() { Statuses = [RecipientStatus.InDoubt, RecipientStatus.Skipped], ErrorCodes = ["131026", "é"], Query = "João" },
                RowsOf = ExecutionId.New(Clock),
            },
        };
        var created = (await Store.Executions.CreateAsync(execution, cancellationToken: Cancellation)).Execution!;
        Clock.Advance(TimeSpan.FromTicks(7));
        var changed = await Store.Executions.UpdateAsync(
            Some.Organization,
            created.Id,
            e => e with
            {
                Status = ExecutionStatus.Failed,
                StatusReason = "porque sí 🤷",
                ErrorMessage = "no audience",
                PausedByAutomation = true,
                StartedAt = Now,
                PlannedAt = Now.AddTicks(1),
                CompletedAt = Now.AddTicks(2),
                Forgiven = new(40, 2),
            },
            Cancellation);

        await ReopenAsync();

        var found = await FindAsync(created);
        Assert.Equal(Some.Text(changed), Some.Text(found));
        Assert.Equal(Some.Text(execution.Snapshot), Some.Text(found.Snapshot));
        Assert.Equal((Now, "webhook:pagó", execution.RepairOf), (found.StartedAt, found.TriggeredByEvent, found.RepairOf));
    }

    [Fact]
    public async Task What_is_forgiven_is_read_with_the_counters_it_was_taken_from()
    {
        var execution = await RunningAsync(3);
        var items = await ClaimAsync(await LeaseAsync(execution));
        await TransitionAsync(items[0].Recipient.Id, s => RecipientRules.Fail(s.Recipient, 1, "131026", "Not there.", Now, null));
        Assert.Equal(default, (await ControlAsync(execution))!.Forgiven);

        await Store.Executions.UpdateAsync(
            Some.Organization, execution.Id, e => e with { Forgiven = new(e.Counters.Sent + 7, e.Counters.Failed) }, Cancellation);

        var control = (await ControlAsync(execution))!;
        Assert.Equal((new ForgivenResults(7, 1), 1), (control.Forgiven, control.Failed));
        Assert.Equal(new ForgivenResults(7, 1), (await FindAsync(execution)).Forgiven);
        await ConsistentAsync(execution);
    }

    [Theory]
    [InlineData(AutomationStatus.Draft)]
    [InlineData(AutomationStatus.Paused)]
    [InlineData(AutomationStatus.Completed)]
    public async Task A_start_makes_its_automation_active(AutomationStatus before)
    {
        var automation = await AutomationAsync();
        await Store.Automations.UpdateAsync(Some.Organization, automation.Id, a => a with { Status = before }, Cancellation);

        await ExecutionAsync(automation);

        Assert.Equal(AutomationStatus.Active, (await Store.Automations.FindAsync(Some.Organization, automation.Id, Cancellation))!.Status);
    }

    [Fact]
    public async Task An_archived_automation_is_not_started()
    {
        var automation = await AutomationAsync();
        await Store.Automations.ArchiveAsync(Some.Organization, automation.Id, Now, Cancellation);

        await Assert.ThrowsAsync<AutomationArchivedException>(() => ExecutionAsync(automation));

        Assert.Equal(0, (await Store.Executions.ListAsync(Some.Organization, null, new(), Cancellation)).Total);
    }

    [Fact]
    public async Task A_start_under_a_taken_key_answers_the_first_and_makes_nothing()
    {
        var automation = await AutomationAsync();
        var first = await StartAsync("k");
        await ReopenAsync();
        var second = await StartAsync("k");

        Assert.Null(first.Existing);
        Assert.Null(second.Execution);
        Assert.Equal($"execution {first.Execution!.Number}", second.Existing!.ResponseBody);
        Assert.Equal(1, (await Store.Executions.ListAsync(Some.Organization, null, new(), Cancellation)).Total);
        Assert.NotNull((await StartAsync("another")).Execution);

        Task<ExecutionCreation> StartAsync(string key) => Store.Executions.CreateAsync(
            Some.Execution(Clock, automation), e => Some.Answer(Clock, key) with { ResponseBody = $"execution {e.Number}" }, Cancellation);
    }

    [Fact]
    public async Task Eight_starts_with_one_key_make_one_execution()
    {
        var automation = await AutomationAsync();

        var creations = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Store.Executions.CreateAsync(Some.Execution(Clock, automation), e => Some.Answer(Clock, "k") with { ResponseBody = $"{e.Id}" }, Cancellation), Cancellation)));

        var made = Assert.Single(creations, c => c.Execution is not null).Execution!;
        Assert.All(creations.Where(c => c.Existing is not null), c => Assert.Equal($"{made.Id}", c.Existing!.ResponseBody));
        Assert.Equal(1, (await Store.Executions.ListAsync(Some.Organization, null, new(), Cancellation)).Total);
    }

    [Fact]
    public async Task A_change_cannot_touch_number_or_counters_and_one_that_throws_changes_nothing()
    {
        var execution = await RunningAsync(3);

        var changed = await Store.Executions.UpdateAsync(
            Some.Organization, execution.Id, e => e with { StatusReason = "x", Number = 77, Counters = new() { Sent = 5 } }, Cancellation);
        await Assert.ThrowsAsync<FormatException>(
            () => Store.Executions.UpdateAsync(Some.Organization, execution.Id, _ => throw new FormatException(), Cancellation));

        Assert.Equal((execution.Number, 3, 0, "x"), (changed!.Number, changed.Counters.Total, changed.Counters.Sent, changed.StatusReason));
        Assert.Equal(Some.Text(changed), Some.Text(await FindAsync(execution)));
        Assert.Equal(Some.Text(changed), Some.Text(await Store.Executions.UpdateAsync(Some.Organization, execution.Id, e => e, Cancellation)));
        Assert.Null(await Store.Executions.UpdateAsync(Some.Organization, ExecutionId.New(Clock), e => e, Cancellation));
    }

    [Fact]
    public async Task Listings_go_newest_first_with_counters_and_by_automation()
    {
        var (spring, summer) = (await AutomationAsync(), await AutomationAsync());
        var first = await RunningAsync(2, automation: spring);
        var second = await ExecutionAsync(summer);
        var third = await ExecutionAsync(spring);

        var all = await Store.Executions.ListAsync(Some.Organization, null, new(2), Cancellation);
        var rest = await Store.Executions.ListAsync(Some.Organization, null, new(2, 2), Cancellation);
        var own = await Store.Executions.ListAsync(Some.Organization, spring.Id, new(), Cancellation);

        Assert.Equal([third.Id, second.Id, first.Id], all.Items.Concat(rest.Items).Select(e => e.Id));
        Assert.Equal((3, 3, 2), (all.Total, rest.Total, own.Total));
        Assert.Equal([third.Id, first.Id], own.Items.Select(e => e.Id));
        Assert.Equal(2, own.Items[1].Counters.Pending);
    }

    [Fact]
    public async Task Sums_leave_test_runs_out()
    {
        var automation = await AutomationAsync();
        Assert.Equal(new AutomationTotals(0, default, null, null), await Store.Executions.SumAsync(Some.Organization, automation.Id, Cancellation));
        await RunningAsync(2, automation: automation);
        var last = await RunningAsync(3, automation: automation);
        var test = Some.Execution(Clock, automation);
        await Store.Executions.CreateAsync(test with { Snapshot = test.Snapshot with { TestMode = true } }, cancellationToken: Cancellation);
        var lease = await LeaseAsync(last);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Accepted(i)));

        var totals = await Store.Executions.SumAsync(Some.Organization, automation.Id, Cancellation);

        Assert.Equal(new AutomationTotals(2, new() { Total = 5, Sent = 3, Completed = 3, Pending = 2, Open = 2 }, last.CreatedAt, last.Id), totals);
        Assert.Equal(0, (await Store.Executions.SumAsync(Some.OtherOrganization, automation.Id, Cancellation)).Executions);
    }

    [Fact]
    public async Task Errors_are_counted_by_code_most_first_and_uncounted_when_a_row_recovers()
    {
        var execution = await RunningAsync(4);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, items.Take(3).Select((item, i) => new ClaimedChange(
            item.Recipient, row => RecipientRules.Fail(row, 1, i == 0 ? "aaa" : "zzz", "No", Now, null))));
        Assert.Equal([new("zzz", 2), new("aaa", 1)], await Store.Executions.CountErrorsAsync(execution.Id, Cancellation));

        await TransitionAsync(items[0].Recipient.Id, s => new() { After = s.Recipient with { Status = RecipientStatus.Delivered, Reached = Milestone.Delivered, ErrorCode = null } });

        Assert.Equal([new("zzz", 2)], await Store.Executions.CountErrorsAsync(execution.Id, Cancellation));
        Assert.Empty(await Store.Executions.CountErrorsAsync(ExecutionId.New(Clock), Cancellation));
    }

    [Fact]
    public async Task Organizations_never_meet()
    {
        var execution = await RunningAsync(1);

        Assert.Null(await Store.Executions.FindAsync(Some.OtherOrganization, execution.Id, Cancellation));
        Assert.Null(await Store.Executions.UpdateAsync(Some.OtherOrganization, execution.Id, e => e, Cancellation));
        Assert.Null(await Store.Executions.AuditAsync(Some.OtherOrganization, execution.Id, Cancellation));
        Assert.Equal(0, (await Store.Executions.ListAsync(Some.OtherOrganization, null, new(), Cancellation)).Total);
        var recipient = Assert.Single(await RecipientsAsync(execution)).Id;
        Assert.Null(await Store.Recipients.FindAsync(Some.OtherOrganization, recipient, Cancellation));
        Assert.Equal(0, (await Store.Recipients.ListAsync(Some.OtherOrganization, execution.Id, RecipientFilter.All, new(), Cancellation)).Total);
    }
}
