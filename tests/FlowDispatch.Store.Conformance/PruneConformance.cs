using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>Pruning: what is long over goes step by step, gone as a whole from the first step on, and its automation's totals stay.</summary>
public abstract class PruneConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task A_finished_execution_goes_and_the_totals_stay()
    {
        var automation = await AutomationAsync();
        var old = await FinishedAsync(30, automation);
        Clock.Advance(Day);
        var young = await FinishedAsync(3, automation);
        var before = await SumAsync(automation);

        var (executions, recipients) = await PruneAsync(Day / 2);

        Assert.Equal((1, 30), (executions, recipients));
        Assert.Equal(before, await SumAsync(automation));
        Assert.Equal((2, 33, 33), (before.Executions, before.Counters.Total, before.Counters.Sent));
        await GoneAsync(old);
        Assert.Equal(3, (await RecipientsAsync(young)).Count);
        var listed = await Store.Executions.ListAsync(Some.Organization, automation.Id, new(), Cancellation);
        Assert.Equal((young.Id, 1), (Assert.Single(listed.Items).Id, listed.Total));
        Assert.Equal((0, 0), await PruneAsync(Day / 2));
    }

    [Fact]
    public async Task Totals_stay_when_all_is_pruned_and_grow_with_what_runs_next()
    {
        var automation = await AutomationAsync();
        await FinishedAsync(4, automation);
        var last = await FinishedAsync(2, automation);
        await PruneAsync(TimeSpan.Zero);

        var kept = await SumAsync(automation);
        Assert.Equal((2, 6, last.Id, last.CreatedAt), (kept.Executions, kept.Counters.Sent, kept.LastExecutionId, kept.LastExecutionAt));

        var next = await FinishedAsync(5, automation);
        var grown = await SumAsync(automation);
        Assert.Equal((3, 11, next.Id), (grown.Executions, grown.Counters.Sent, grown.LastExecutionId));
        Assert.True(next.Number > last.Number);
        Assert.Equal(0, (await Store.Executions.SumAsync(Some.OtherOrganization, automation.Id, Cancellation)).Executions);
    }

    [Fact]
    public async Task A_test_run_goes_and_leaves_nothing_in_the_totals()
    {
        var automation = await AutomationAsync();
        var contacts = await ContactsAsync(2);
        var test = Some.Execution(Clock, automation);
        test = (await Store.Executions.CreateAsync(test with { Snapshot = test.Snapshot with { TestMode = true } }, cancellationToken: Cancellation)).Execution!;
        await PlanAsync(test, [.. contacts.Select(Some.Planned)]);
        await FinishAsync(test);

        Assert.Equal((1, 2), await PruneAsync(TimeSpan.Zero));
        Assert.Equal((0, 0), ((await SumAsync(automation)).Executions, (await SumAsync(automation)).Counters.Total));
    }

    [Fact]
    public async Task Nobody_sees_an_execution_of_which_a_step_is_done_and_any_store_goes_on_with_it()
    {
        var automation = await AutomationAsync();
        var execution = await FinishedAsync(70, automation);
        var before = await SumAsync(automation);
        var rows = await RecipientsAsync(execution);

        Assert.Equal(1, (await StepAsync(TimeSpan.Zero, limit: 25)).Executions);
        await GoneAsync(execution, rows);
        Assert.Equal(before, await SumAsync(automation));

        var deleted = (await StepAsync(TimeSpan.Zero, limit: 50)).Recipients;
        Assert.InRange(deleted, 1, 50);
        await ReopenAsync();
        await GoneAsync(execution, rows);

        // Whatever is old enough now: what was begun is finished.
        var rest = await PruneAsync(Day, limit: 50);

        Assert.Equal((0, 70 - deleted), rest);
        Assert.Equal(before, await SumAsync(automation));
        await GoneAsync(execution, rows);
    }

    [Fact]
    public async Task What_is_open_in_doubt_leased_or_still_being_closed_stays_however_old()
    {
        var running = await RunningAsync(2);
        var paused = await RunningAsync(1);
        await Store.Executions.UpdateAsync(Some.Organization, paused.Id, e => e with { Status = ExecutionStatus.Paused }, Cancellation);

        var doubtful = await RunningAsync(2);
        var lease = await LeaseAsync(doubtful);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, new ClaimedChange(items[0].Recipient, r => RecipientRules.Hold(RecipientRules.Doubt(r, 1, "?", Now, Now).After)), Accepted(items[1]));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.True(await Store.Claims.TryCloseAsync(doubtful.Number, Cancellation));

        var cancelled = await RunningAsync(2);
        await CancelAsync(cancelled);
        var failed = await RunningAsync(1);
        var part = await Store.Claims.LeaseAsync(failed.Number, "node", 1, TimeSpan.FromDays(1_000), Cancellation);
        await FailAsync(failed);
        Clock.Advance(100 * Day);

        Assert.Equal((0, 0), await PruneAsync(Day));
        foreach (var kept in (Execution[])[running, paused, doubtful, cancelled, failed])
        {
            Assert.NotNull(await Store.Executions.FindAsync(Some.Organization, kept.Id, Cancellation));
        }

        // Each goes once what kept it is over.
        await Store.Claims.CancelOpenAsync(cancelled.Number, 10, Cancellation);
        await Store.Claims.ReleaseAsync(part!, Cancellation);
        await TransitionAsync(items[0].Recipient.Id, s => TrackingRules.Resolve(s, sent: true, Now));
        Assert.Equal((3, 5), await PruneAsync(Day));
        await GoneAsync(cancelled);
        await GoneAsync(failed);
        await GoneAsync(doubtful);
    }

    [Fact]
    public async Task A_failed_execution_that_was_pruned_cannot_be_resumed()
    {
        var failed = await RunningAsync(3);
        await FailAsync(failed);
        Clock.Advance(2 * Day);

        Assert.Equal((1, 3), await PruneAsync(Day));

        Assert.Null(await Store.Executions.UpdateAsync(Some.Organization, failed.Id, e => e with { Status = ExecutionStatus.Running }, Cancellation));
        Assert.Null(await ControlAsync(failed));
        Assert.Null(await Store.Claims.LeaseAsync(failed.Number, "node", 1, Lease, Cancellation));
    }

    [Fact]
    public async Task Only_one_organization_is_pruned_where_one_is_named()
    {
        var ours = await FinishedAsync(2);
        var theirs = await FinishedAsync(2, await AutomationAsync(organization: Some.OtherOrganization));

        Assert.Equal((1, 2), await PruneAsync(TimeSpan.Zero, Some.OtherOrganization));

        Assert.Null(await Store.Executions.FindAsync(Some.OtherOrganization, theirs.Id, Cancellation));
        Assert.Equal(2, (await RecipientsAsync(ours)).Count);
    }

    [Fact]
    public async Task A_receipt_for_a_pruned_execution_matches_nobody_and_changes_nothing()
    {
        var automation = await AutomationAsync();
        var execution = await FinishedAsync(2, automation);
        var row = (await RecipientsAsync(execution))[0];
        var before = await SumAsync(automation);
        await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Read, row.ProviderMessageId!)], Now, Cancellation);
        var entry = Assert.Single(await Store.Inbox.ReadAsync(Now, 10, Cancellation));

        // One that another process is deciding about just as it goes, too: after the first step and after the last.
        await StepAsync(TimeSpan.Zero);
        Assert.Equal(0, await TransitionAsync(row.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Read, row.ProviderMessageId!), 1, Now)));
        await PruneAsync(TimeSpan.Zero);

        Assert.Empty(await Store.Recipients.FindByMessageAsync(Some.Channel, [row.ProviderMessageId!], Cancellation));
        Assert.Null(await LatestAsync(Some.Channel, row.ContactId));
        Assert.Empty(await Store.Recipients.FindUncappedAsync(Some.Channel, [row.ContactId], Now - Day, Cancellation));
        var transition = new RecipientTransition(row.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Read), 1, Now));
        Assert.Equal(0, await Store.Recipients.TransitionAsync([transition], [entry.Id], Cancellation));
        Assert.Empty(await Store.Inbox.ReadAsync(Now, 10, Cancellation));
        Assert.Equal(before, await SumAsync(automation));
        Assert.Empty(await Store.Recipients.ReadHistoryAsync(row.Id, Cancellation));
    }

    [Fact]
    public async Task Of_two_executions_that_wrote_to_a_person_the_other_one_is_found_when_one_is_pruned()
    {
        var contacts = await ContactsAsync(1);
        var first = await ExecutionAsync();
        await PlanAsync(first, [Some.Planned(contacts[0])]);
        var lease = await LeaseAsync(first);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, Accepted(items[0], new RunStep.AwaitReply("offer", Now + Day)));
        var second = await ExecutionAsync();
        await PlanAsync(second, [Some.Planned(contacts[0])]);
        await FinishAsync(second);
        Assert.Equal(second.Number, (await LatestAsync(Some.Channel, contacts[0].Id))?.ExecutionNumber);

        await PruneAsync(TimeSpan.Zero);

        Assert.Equal(items[0].Recipient.Id, await LatestAsync(Some.Channel, contacts[0].Id));
    }

    [Fact]
    public async Task Eight_that_prune_at_once_delete_each_row_once_and_count_each_execution_once()
    {
        var automation = await AutomationAsync();
        for (var i = 0; i < 6; i++)
        {
            await FinishedAsync(60, automation);
        }

        var before = await SumAsync(automation);
        Clock.Advance(TimeSpan.FromSeconds(1));

        var parts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PruneAsync(TimeSpan.Zero, limit: 25), Cancellation)));

        Assert.Equal((6, 360), (parts.Sum(p => p.Executions), parts.Sum(p => p.Recipients)));
        Assert.Equal(before, await SumAsync(automation));
    }

    protected async Task<(int Executions, int Recipients)> PruneAsync(TimeSpan age, string? organization = null, int limit = 1_000)
    {
        var (executions, recipients) = (0, 0);
        while (await StepAsync(age, organization, limit) is { Done: false } step)
        {
            Assert.InRange(step.Recipients, 0, limit);
            executions += step.Executions;
            recipients += step.Recipients;
        }

        return (executions, recipients);
    }

    // A tick later, so that what ended just now is older than nothing.
    private Task<PruneStep> StepAsync(TimeSpan age, string? organization = null, int limit = 1_000) =>
        Store.Retention.PruneAsync(Now.AddTicks(1) - age, organization, limit, Cancellation);

    private Task<AutomationTotals> SumAsync(Automation automation) => Store.Executions.SumAsync(automation.OrganizationId, automation.Id, Cancellation);

    private async Task<Execution> FinishedAsync(int recipients, Automation? automation = null)
    {
        var execution = await RunningAsync(recipients, automation: automation);
        await FinishAsync(execution);
        return await FindAsync(execution);
    }

    private async Task FinishAsync(Execution execution)
    {
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await CommitAsync(lease, items.Select(i => Accepted(i)));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));

        // As nodes do all the time: it also tells some stores that the execution has ended.
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Claims.RecoverAsync(Cancellation);
    }

    private async Task FailAsync(Execution execution)
    {
        await Store.Executions.UpdateAsync(
            execution.OrganizationId, execution.Id, e => e with { Status = ExecutionStatus.Failed, ErrorMessage = "Gone.", CompletedAt = Now }, Cancellation);
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Claims.RecoverAsync(Cancellation);
    }

    private async Task GoneAsync(Execution execution, IReadOnlyList<Recipient>? rows = null)
    {
        Assert.Null(await Store.Executions.FindAsync(execution.OrganizationId, execution.Id, Cancellation));
        Assert.Null(await Store.Executions.FindByNumberAsync(execution.Number, Cancellation));
        Assert.Null(await Store.Executions.AuditAsync(execution.OrganizationId, execution.Id, Cancellation));
        Assert.Empty(await Store.Executions.CountErrorsAsync(execution.Id, Cancellation));
        Assert.Empty(await RecipientsAsync(execution));
        Assert.Equal(0, (await Store.Recipients.ListAsync(execution.OrganizationId, execution.Id, RecipientFilter.All, new(), Cancellation)).Total);
        Assert.DoesNotContain(execution.Id, (await Store.Executions.ListAsync(execution.OrganizationId, null, new(500), Cancellation)).Items.Select(e => e.Id));
        foreach (var row in rows ?? [])
        {
            Assert.Null(await Store.Recipients.FindAsync(execution.OrganizationId, row.Id, Cancellation));
        }

        if (rows is { Count: > 0 })
        {
            Assert.Empty(await Store.Recipients.FindByMessageAsync(Some.Channel, [.. rows.Select(r => r.ProviderMessageId).OfType<string>()], Cancellation));
        }
    }
}
