using System.Collections.Concurrent;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.Store.Conformance;

/// <summary>Leases and claims: who may work on whom, and nobody twice.</summary>
public abstract class ClaimConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task A_claim_of_due_ones_alone_leaves_slices_to_others()
    {
        var execution = await RunningAsync(3);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await CommitAsync(lease, Deferred(items[0], Now));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        lease = await LeaseAsync(execution);

        var due = await Store.Claims.ClaimAsync(lease, 100, ClaimScope.Due, cancellationToken: Cancellation);

        Assert.Equal(items[0].Recipient.Id, Assert.Single(due).Recipient.Id);
        Assert.Equal(2, (await ClaimAsync(lease)).Count);
    }

    [Fact]
    public async Task A_slice_comes_by_ordinal_as_it_was_planned()
    {
        var execution = await RunningAsync(5);
        var lease = await LeaseAsync(execution);

        var items = await ClaimAsync(lease);

        Assert.Equal([0, 1, 2, 3, 4], items.Select(i => i.Recipient.Id.Ordinal));
        Assert.Equal(Enumerable.Range(0, 5).Select(Some.Number), items.Select(i => i.Recipient.PhoneNumber));
        Assert.All(items, i => Assert.Equal(RecipientStatus.Pending, i.Recipient.Status));
        Assert.All(items, i => Assert.False(i.FromQueue));
    }

    [Fact]
    public async Task A_slice_is_taken_whole_and_no_more_slices_than_the_limit_needs()
    {
        var execution = await RunningAsync(30, sliceSize: 10);
        var lease = await LeaseAsync(execution);

        Assert.Equal(20, (await ClaimAsync(lease, 11)).Count);
        Assert.Equal(10, (await ClaimAsync(lease, 1)).Count);
        Assert.Empty(await ClaimAsync(lease, 1));
    }

    [Fact]
    public async Task Nobody_goes_to_two_of_eight_workers_and_nobody_is_left_out()
    {
        var execution = await RunningAsync(400, sliceSize: 7);
        var claimed = new ConcurrentBag<int>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                var lease = (await Store.Claims.LeaseAsync(execution.Number, $"node-{worker}", 5, Lease, Cancellation))!;
                while (await ClaimAsync(lease, 20) is { Count: > 0 } items)
                {
                    foreach (var item in items)
                    {
                        claimed.Add(item.Recipient.Id.Ordinal);
                    }
                }
            },
            Cancellation)));

        Assert.Equal(Enumerable.Range(0, 400), claimed.Order());
    }

    [Fact]
    public async Task Skipped_people_between_others_are_never_claimed()
    {
        var contacts = await ContactsAsync(6);
        var execution = await ExecutionAsync();
        await PlanAsync(
            execution,
            [.. contacts.Select((c, i) => Some.Planned(c) with { Status = i % 2 == 0 ? RecipientStatus.Skipped : RecipientStatus.Pending, ErrorCode = i % 2 == 0 ? "blocked" : null })]);
        var lease = await LeaseAsync(execution);

        Assert.Equal([1, 3, 5], (await ClaimAsync(lease)).Select(i => i.Recipient.Id.Ordinal));
    }

    [Fact]
    public async Task Due_entries_come_first_and_the_earliest_before_later_ones()
    {
        var execution = await RunningAsync(6, sliceSize: 3);
        var lease = await LeaseAsync(execution);
        var first = await ClaimAsync(lease, 1);
        await CommitAsync(lease, Deferred(first[0], Now.AddMinutes(2)), Deferred(first[1], Now.AddMinutes(1)), Deferred(first[2], Now.AddMinutes(9)));

        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.Claims.RecoverAsync(Cancellation);
        var items = await ClaimAsync(await LeaseAsync(execution));

        Assert.Equal([1, 0, 3, 4, 5], items.Select(i => i.Recipient.Id.Ordinal));
        Assert.Equal([true, true, false, false, false], items.Select(i => i.FromQueue));
    }

    [Fact]
    public async Task An_entry_is_claimed_at_its_instant_and_not_a_tick_before()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, Deferred((await ClaimAsync(lease))[0], Now.AddSeconds(1)));

        Clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Empty(await ClaimAsync(lease));
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Single(await ClaimAsync(lease));
    }

    [Fact]
    public async Task No_more_due_entries_come_than_the_limit()
    {
        var execution = await RunningAsync(5);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Deferred(i, Now)));

        Assert.Equal(3, (await ClaimAsync(lease, 3)).Count);
        Assert.Equal(2, (await ClaimAsync(lease, 3)).Count);
    }

    [Fact]
    public async Task A_claim_says_whether_its_contact_may_be_written_to()
    {
        var execution = await RunningAsync(4);
        var people = await Store.Contacts.FindByNumberAsync(Some.Organization, [.. Enumerable.Range(0, 4).Select(Some.Number)], Cancellation);
        await ChangeAsync(1, c => c with { OptedIn = false });
        await ChangeAsync(2, c => c with { OptedIn = false, Blocked = true });
        await ChangeAsync(3, c => c with { DeletedAt = Now });

        var items = await ClaimAsync(await LeaseAsync(execution));

        Assert.Equal(
            [ContactSuppression.None, ContactSuppression.OptedOut, ContactSuppression.Blocked, ContactSuppression.Deleted],
            items.Select(i => i.Suppression));

        async Task ChangeAsync(int index, Func<Contact, Contact> change) =>
            await Store.Contacts.UpdateAsync(Some.Organization, people.Single(p => p.WhatsAppId == Some.Number(index)).Id, change, Cancellation);
    }

    [Fact]
    public async Task A_contact_that_may_be_written_to_again_is_claimed_as_such()
    {
        var execution = await RunningAsync(1);
        var person = Assert.Single(await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(0)], Cancellation));
        await Store.Contacts.UpdateAsync(Some.Organization, person.Id, c => c with { OptedIn = false, Blocked = true }, Cancellation);
        await Store.Contacts.UpdateAsync(Some.Organization, person.Id, c => c with { Blocked = false }, Cancellation);
        var lease = await LeaseAsync(execution);
        Assert.Equal(ContactSuppression.OptedOut, Assert.Single(await ClaimAsync(lease)).Suppression);
        await Store.Claims.ReleaseAsync(lease, Cancellation);

        await Store.Contacts.UpdateAsync(Some.Organization, person.Id, c => c with { OptedIn = true }, Cancellation);

        Assert.Equal(ContactSuppression.None, Assert.Single(await ClaimAsync(await LeaseAsync(execution))).Suppression);
    }

    [Fact]
    public async Task An_erased_contact_may_not_be_written_to_also_where_it_was_revived_before()
    {
        var contact = Assert.Single(await ContactsAsync(1));
        var execution = await ExecutionAsync();
        await PlanAsync(execution, [Some.Planned(contact)]);
        await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, c => c with { DeletedAt = Now }, Cancellation);
        await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, c => c with { DeletedAt = null }, Cancellation);

        Assert.True(await Store.Retention.EraseContactAsync(Some.Organization, contact.Id, Cancellation));

        Assert.Equal(ContactSuppression.Deleted, Assert.Single(await ClaimAsync(await LeaseAsync(execution))).Suppression);
    }

    [Fact]
    public async Task A_claim_says_when_the_person_last_wrote_on_the_channel()
    {
        var execution = await RunningAsync(2);
        var person = Assert.Single(await Store.Contacts.FindByNumberAsync(Some.Organization, [Some.Number(1)], Cancellation));
        await WroteAsync(Some.Channel, person.Id, Now);
        await WroteAsync(Some.Channel, person.Id, Now.AddHours(-1));
        await WroteAsync("another line", person.Id, Now.AddHours(1));

        var items = await ClaimAsync(await LeaseAsync(execution));

        Assert.Equal([null, Now], items.Select(i => i.ConversationAt));
    }

    [Fact]
    public async Task A_claim_of_a_slice_brings_everybody_as_they_are_also_where_one_of_them_was_touched_before()
    {
        var execution = await RunningAsync(3);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items.Take(1));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        await Store.Recipients.TransitionAsync(
            [new(items[1].Recipient.Id, s => new() { After = s.Recipient with { StepAttempts = 2, ErrorCode = "131049", ErrorMessage = "Told before." } })], [], Cancellation);

        var again = await Store.Claims.ClaimAsync(await LeaseAsync(execution), 100, ClaimScope.Slices, conversations: false, Cancellation);

        Assert.Equal([items[1].Recipient.Id, items[2].Recipient.Id], again.Select(i => i.Recipient.Id));
        Assert.Equal((2, "131049", "Told before."), (again[0].Recipient.StepAttempts, again[0].Recipient.ErrorCode, again[0].Recipient.ErrorMessage));
        foreach (var item in again)
        {
            Assert.Equivalent(await FindAsync(item.Recipient.Id), item.Recipient, strict: true);
        }
    }

    [Fact]
    public async Task Variables_are_claimed_as_they_were_planned_whatever_they_hold()
    {
        var variables = new Dictionary<string, string>
        {
            ["plain"] = "Ana",
            ["empty"] = "",
            ["quote \" and \\"] = "she said \"hi\"",
            ["path"] = "C:\\new\\",
            ["json"] = "{\"a\":\"b\"},",
            ["lines"] = "one\r\n\ttwo",
            ["letters"] = "São 🎉 日本",
            ["punctuation"] = ":,{}[]'<>&",
        };
        var contact = Assert.Single(await ContactsAsync(1));
        var execution = await ExecutionAsync();
        await PlanAsync(execution, [Some.Planned(contact) with { Variables = variables }]);

        Assert.Equal(variables, Assert.Single(await ClaimAsync(await LeaseAsync(execution))).Recipient.Variables);
    }

    [Fact]
    public async Task Slots_of_an_automation_are_never_given_twice_over_its_executions_and_nodes()
    {
        var automation = await AutomationAsync(Some.Settings() with { MaxConcurrentExecutions = 10 });
        var first = await RunningAsync(1, automation: automation);
        var second = await RunningAsync(1, automation: automation);

        Assert.Equal(7, (await LeaseAsync(first, 7)).Slots);
        var lease = await LeaseAsync(second, 7);
        Assert.Equal(3, lease.Slots);
        Assert.Null(await Store.Claims.LeaseAsync(first.Number, "node", 1, Lease, Cancellation));

        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.Equal(3, (await LeaseAsync(first, 5)).Slots);
    }

    [Fact]
    public async Task Eight_nodes_at_once_get_no_more_slots_than_there_are()
    {
        var execution = await RunningAsync(1, automation: await AutomationAsync(Some.Settings() with { MaxConcurrentExecutions = 20 }));

        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(node => Task.Run(
            () => Store.Claims.LeaseAsync(execution.Number, $"node-{node}", 6, Lease, Cancellation), Cancellation)));

        Assert.Equal(20, leases.Sum(l => l?.Slots ?? 0));
        Assert.Equal(leases.OfType<Storage.DispatchLease>().Count(), leases.OfType<Storage.DispatchLease>().Select(l => l.Token).Distinct().Count());
    }

    [Fact]
    public async Task Slots_return_at_the_instant_their_lease_ends()
    {
        var execution = await RunningAsync(1, automation: await AutomationAsync(Some.Settings() with { MaxConcurrentExecutions = 4 }));
        await LeaseAsync(execution, 4);

        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        Assert.Null(await Store.Claims.LeaseAsync(execution.Number, "other", 4, Lease, Cancellation));
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(4, (await LeaseAsync(execution, 4)).Slots);
    }

    [Fact]
    public async Task Tokens_ascend()
    {
        var execution = await RunningAsync(1);

        var tokens = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            var lease = await LeaseAsync(execution);
            tokens.Add(lease.Token);
            await Store.Claims.ReleaseAsync(lease, Cancellation);
        }

        Assert.Equal(tokens.Order().Distinct(), tokens);
    }

    [Fact]
    public async Task Only_a_running_execution_is_leased()
    {
        var queued = await ExecutionAsync();
        Assert.Null(await Store.Claims.LeaseAsync(queued.Number, "node", 1, Lease, Cancellation));
        await PlanAsync(queued, [.. (await ContactsAsync(1)).Select(Some.Planned)]);
        await LeaseAsync(queued, 1);

        await SetStatusAsync(queued, ExecutionStatus.Paused);

        Assert.Null(await Store.Claims.LeaseAsync(queued.Number, "node", 1, Lease, Cancellation));
        Assert.Null(await Store.Claims.LeaseAsync(queued.Number + 1, "node", 1, Lease, Cancellation));
    }

    [Fact]
    public async Task A_paused_execution_gives_nothing_to_claim_and_a_resumed_one_goes_on()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);

        await SetStatusAsync(execution, ExecutionStatus.Paused);
        Assert.Empty(await ClaimAsync(lease));

        await SetStatusAsync(execution, ExecutionStatus.Running);
        Assert.Equal(2, (await ClaimAsync(lease)).Count);
    }

    [Fact]
    public async Task A_lease_that_ended_claims_nothing()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);

        Clock.Advance(Lease);
        Assert.Empty(await ClaimAsync(lease));

        await Store.Claims.RecoverAsync(Cancellation);
        Assert.Empty(await ClaimAsync(lease));
    }

    [Fact]
    public async Task Renewal_lets_a_lease_hold_and_revives_none_that_ended()
    {
        var execution = await RunningAsync(1);
        var kept = await LeaseAsync(execution, 1);
        Clock.Advance(Lease / 2);
        var late = await LeaseAsync(execution, 1);
        Assert.Equal([kept.Token], await Store.Claims.RenewAsync([kept.Token, long.MaxValue], Lease * 2, Cancellation));

        Clock.Advance(Lease);

        Assert.Equal([kept.Token], await Store.Claims.RenewAsync([late.Token, kept.Token], Lease, Cancellation));
        Assert.Single(await ClaimAsync(kept));
    }

    [Fact]
    public async Task Control_shows_what_nodes_must_know()
    {
        var execution = await RunningAsync(4, sliceSize: 2, automation: await AutomationAsync(Some.Settings() with { Priority = 7 }));
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease, 1);
        await CommitAsync(lease, Accepted(items[0]), Deferred(items[1], Now.AddMinutes(5)));

        var control = await ControlAsync(execution);

        Assert.Equal(
            new()
            {
                Number = execution.Number,
                Status = ExecutionStatus.Running,
                Priority = 7,
                Planned = true,
                Open = 3,
                Sent = 1,
                HasSlices = true,
                NextDueAt = Now.AddMinutes(5),
            },
            control);
    }

    [Fact]
    public async Task Control_hides_what_somebody_holds()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await CommitAsync(lease, items.Select(i => Deferred(i, Now)));
        Assert.Equal(Now, (await ControlAsync(execution))!.NextDueAt);

        await ClaimAsync(lease);

        var control = await ControlAsync(execution);
        Assert.False(control!.HasSlices);
        Assert.Null(control.NextDueAt);
    }

    [Fact]
    public async Task Control_leaves_out_what_has_ended_and_keeps_cancelled_ones_until_nobody_is_open()
    {
        var done = await RunningAsync(0);
        var cancelled = await RunningAsync(1);
        await CancelAsync(cancelled);

        Assert.Null(await ControlAsync(done));
        Assert.Equal(ExecutionStatus.Cancelled, (await ControlAsync(cancelled))!.Status);

        await Store.Claims.CancelOpenAsync(cancelled.Number, 10, Cancellation);
        Assert.Null(await ControlAsync(cancelled));
    }

    [Fact]
    public async Task Control_tells_suppressions_that_began_or_grew_since_the_cursor()
    {
        var contacts = await ContactsAsync(3);
        await UpdateAsync(contacts[0], c => c with { OptedIn = false });
        var first = await Store.Claims.ReadControlAsync(0, Cancellation);
        Assert.Empty(first.Suppressed);

        await UpdateAsync(contacts[0], c => c with { Blocked = true });
        await UpdateAsync(contacts[1], c => c with { OptedIn = false });
        await UpdateAsync(contacts[2], c => c with { Name = "Nobody else" });
        var second = await Store.Claims.ReadControlAsync(first.Cursor, Cancellation);
        Assert.Equal(
            [(contacts[0].Id, ContactSuppression.Blocked), (contacts[1].Id, ContactSuppression.OptedOut)],
            second.Suppressed.Select(s => (s.Contact, s.Suppression)));

        var third = await Store.Claims.ReadControlAsync(second.Cursor, Cancellation);
        Assert.Empty(third.Suppressed);

        async Task UpdateAsync(Contact contact, Func<Contact, Contact> change) =>
            await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, change, Cancellation);
    }

    [Fact]
    public async Task A_suppression_right_after_the_first_read_of_an_empty_store_is_told()
    {
        var contact = Assert.Single(await ContactsAsync(1));
        var first = await Store.Claims.ReadControlAsync(0, Cancellation);

        await Store.Contacts.UpdateAsync(Some.Organization, contact.Id, c => c with { DeletedAt = Now }, Cancellation);

        var second = await Store.Claims.ReadControlAsync(first.Cursor, Cancellation);
        Assert.Equal(contact.Id, Assert.Single(second.Suppressed).Contact);
    }

    private async Task SetStatusAsync(Execution execution, ExecutionStatus status) =>
        await Store.Executions.UpdateAsync(execution.OrganizationId, execution.Id, e => e with { Status = status }, Cancellation);
}
