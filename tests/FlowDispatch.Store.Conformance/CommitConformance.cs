using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>Marks and outcomes: written together, under a lease that holds, and only once in effect.</summary>
public abstract class CommitConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task A_marked_recipient_is_shown_as_sending_until_its_outcome_is_written()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);

        Assert.True(await MarkAsync(lease, items[0]));
        Assert.Equal([RecipientStatus.Sending, RecipientStatus.Pending], (await RecipientsAsync(execution)).Select(r => r.Status));

        Assert.True(await CommitAsync(lease, Accepted(items[0])));
        Assert.Equal([RecipientStatus.Sent, RecipientStatus.Pending], (await RecipientsAsync(execution)).Select(r => r.Status));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Outcomes_reach_those_they_are_of_and_nobody_between(int apart)
    {
        var execution = await RunningAsync(100);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));

        Assert.True(await CommitAsync(lease, items.Where(i => i.Recipient.Id.Ordinal % apart == 0).Select(i => Accepted(i))));

        Assert.All(
            await RecipientsAsync(execution),
            r => Assert.Equal(
                r.Id.Ordinal % apart == 0 ? (RecipientStatus.Sent, $"wamid.{r.Id}", Now) : (RecipientStatus.Sending, null, null),
                (r.Status, r.ProviderMessageId, r.SentAt)));
        Assert.Equal((99 / apart) + 1, (await ConsistentAsync(execution)).Rows.Sent);
    }

    [Fact]
    public async Task An_outcome_is_kept_as_it_was_decided()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        Clock.Advance(TimeSpan.FromTicks(98_765_432));

        await CommitAsync(lease, Accepted(item));

        await ReopenAsync();
        var expected = RecipientRules.Accept(item.Recipient, 1, $"wamid.{item.Recipient.Id}", Now, Some.End).After;
        Assert.Equal(Some.Text(expected), Some.Text(await FindAsync(item.Recipient.Id)));
        Assert.Equal(Now, expected.SentAt);
    }

    [Fact]
    public async Task Everything_of_a_row_survives_null_and_not_null_in_every_script()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        var full = item.Recipient with
        {
            Status = RecipientStatus.InDoubt,
            Reached = Milestone.Read,
            Attempts = 3,
            StepAttempts = 2,
            NextAttemptAt = Now.AddTicks(1),
            WaitingReason = ReasonCodes.AwaitingReceipt,
            InDoubtSince = Now.AddTicks(2),
            FlowCompleted = true,
            FlowCurrentNode = "nó ✓",
            FlowOutcome = "שלום",
            ErrorCode = "131026",
            ErrorMessage = "消息 \"undeliverable\" 🙈\n\t'; DROP TABLE --",
            ProviderMessageId = "wamid.HBgM=",
            SentAt = Now.AddTicks(3),
            DeliveredAt = Now.AddTicks(4),
            ReadAt = Now.AddTicks(5),
            RepliedAt = Now.AddTicks(6),
            CompletedAt = Now.AddTicks(7),
            FailedAt = Now.AddTicks(8),
        };

        await CommitAsync(lease, new ClaimedChange(item.Recipient, _ => new() { After = full, DueAt = Now }));
        await ReopenAsync();
        Assert.Equal(Some.Text(full), Some.Text(await FindAsync(full.Id)));

        await TransitionAsync(full.Id, _ => new() { After = item.Recipient });
        Assert.Equal(Some.Text(item.Recipient), Some.Text(await FindAsync(full.Id)));
    }

    [Fact]
    public async Task A_decision_is_made_on_the_row_as_it_is_when_a_receipt_was_faster()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        await TransitionAsync(item.Recipient.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Read), 1, Now));

        await CommitAsync(lease, Accepted(item));

        var row = await FindAsync(item.Recipient.Id);
        Assert.Equal((RecipientStatus.Read, Milestone.Read, false), (row.Status, row.Reached, row.Open));
        var counters = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((1, 1, 1, 0), (counters.Sent, counters.Delivered, counters.Read, counters.Open));
    }

    [Fact]
    public async Task What_a_receipt_tells_later_than_a_higher_one_is_kept_by_the_next_messages_outcome()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        var message = $"wamid.{item.Recipient.Id}";
        await MarkAsync(lease, item);
        await CommitAsync(lease, Accepted(item, new RunStep.Send("offer")));
        await TransitionAsync(item.Recipient.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Read, message), 1, Now));
        var next = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, next);

        // It changes nothing but this instant.
        await TransitionAsync(item.Recipient.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Delivered, message), 1, Now));
        Assert.True(await CommitAsync(lease, Accepted(next)));

        var row = await FindAsync(item.Recipient.Id);
        Assert.Equal((Now, Now, 2), (row.DeliveredAt, row.ReadAt, row.Attempts));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task A_reply_that_ends_the_run_before_the_outcome_is_not_undone()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        await TransitionAsync(item.Recipient.Id, s => TrackingRules.Reply(s, Some.Reply(Clock, "SAIR"), optedOut: true, Now));

        await CommitAsync(lease, Accepted(item, new RunStep.Send("offer")));

        var row = await FindAsync(item.Recipient.Id);
        Assert.False(row.Open);
        Assert.Equal(Milestone.Replied, row.Reached);
        Clock.Advance(Lease);
        Assert.Empty(await ClaimAsync(await LeaseAsync(execution)));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task Counters_move_with_the_rows()
    {
        var execution = await RunningAsync(4);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);

        await CommitAsync(
            lease,
            Accepted(items[0]),
            new ClaimedChange(items[1].Recipient, row => RecipientRules.Fail(row, 1, "131026", "Undeliverable", Now, null)),
            Skipped(items[2]),
            new ClaimedChange(items[3].Recipient, row => RecipientRules.Doubt(row, 1, "Cut off.", Now, Now.AddMinutes(2))));

        var counters = (await ConsistentAsync(execution)).Execution.Counters;
        Assert.Equal(new() { Total = 4, Sent = 1, Completed = 1, Failed = 1, Skipped = 1, InDoubt = 1, Open = 1 }, counters);
        Assert.Equal(counters, (await FindAsync(execution)).Counters);
        var errors = await Store.Executions.CountErrorsAsync(execution.Id, Cancellation);
        Assert.Equal([new("131026", 1), new(ReasonCodes.Expired, 1)], errors);
    }

    [Fact]
    public async Task History_grows_by_what_rows_do_not_tell_oldest_first()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        await CommitAsync(lease, new ClaimedChange(item.Recipient, row => RecipientRules.Fail(row, 1, "130429", "Töö kiire 🐢", Now, Now)));
        var again = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, again);
        await CommitAsync(lease, Accepted(again));

        await ReopenAsync();
        var history = await Store.Recipients.ReadHistoryAsync(item.Recipient.Id, Cancellation);

        Assert.Equal(
            [
                new() { Kind = RecipientEventKind.AttemptFailed, At = Now, Attempt = 1, Code = "130429", Message = "Töö kiire 🐢" },
                new() { Kind = RecipientEventKind.AttemptAccepted, At = Now, Attempt = 2, ProviderMessageId = $"wamid.{item.Recipient.Id}" },
            ],
            history);
    }

    [Fact]
    public async Task Answers_to_two_attempts_of_one_person_in_one_commit_count_as_one_after_the_other()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items);
        await TransitionAsync(items[0].Recipient.Id, s => TrackingRules.Fail(s, Some.Receipt(Clock, ReceiptStatus.Failed, "wamid.1"), 1, Some.Nodes, _ => Now));
        var again = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, again);

        // The last one came by two roads.
        Assert.True(await CommitAsync(lease, Taken(items[0], 1), Taken(again, 2), Taken(again, 2)));

        var counters = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((1, 1, 1), (counters.Sent, counters.Completed, counters.Open));
        var history = await Store.Recipients.ReadHistoryAsync(again.Recipient.Id, Cancellation);
        Assert.Equal(["wamid.1", "wamid.2"], history.Where(e => e.Kind == RecipientEventKind.AttemptAccepted).Select(e => e.ProviderMessageId));
        Assert.False(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.Equal([RecipientStatus.Sent, RecipientStatus.InDoubt], (await RecipientsAsync(execution)).Select(r => r.Status));

        ClaimedChange Taken(WorkItem item, int attempt) => new(item.Recipient, row => RecipientRules.Accept(row, attempt, $"wamid.{attempt}", Now, Some.End));
    }

    [Theory]
    [InlineData(false, RecipientStatus.Pending)]
    [InlineData(true, RecipientStatus.InDoubt)]
    public async Task A_change_that_names_no_instant_leaves_an_open_ones_entry_of_the_queue_as_it_is(bool marked, RecipientStatus afterLease)
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, Deferred(Assert.Single(await ClaimAsync(lease)), Now));
        var item = Assert.Single(await ClaimAsync(lease));
        Assert.True(!marked || await MarkAsync(lease, item));

        Assert.True(await CommitAsync(lease, new ClaimedChange(item.Recipient, row => new() { After = row with { FlowCurrentNode = "offer" } })));

        var other = await LeaseAsync(execution, slots: 1);
        Assert.Empty(await ClaimAsync(other));
        Assert.Equal(marked ? RecipientStatus.Sending : RecipientStatus.Pending, (await FindAsync(item.Recipient.Id)).Status);
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.Equal(("offer", afterLease), Assert.Single(await ClaimAsync(other)).Recipient is var row ? (row.FlowCurrentNode, row.Status) : default);
    }

    [Fact]
    public async Task Of_two_changes_of_one_person_in_one_commit_the_later_says_when_it_is_due_and_where_the_run_stands()
    {
        var execution = await RunningAsync(3);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);

        Assert.True(await CommitAsync(
            lease,
            Deferred(items[0], Now.AddSeconds(9)), Deferred(items[1], Now.AddSeconds(9)), Deferred(items[0], Now.AddSeconds(1)), Skipped(items[1])));

        var counters = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((1, 2), (counters.Skipped, counters.Open));
        Assert.Equal(Now.AddSeconds(1), (await ControlAsync(execution))!.NextDueAt);
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([items[0].Recipient.Id, items[2].Recipient.Id], (await ClaimAsync(await LeaseAsync(execution))).Select(i => i.Recipient.Id));
    }

    [Fact]
    public async Task Nothing_is_written_under_a_lease_that_ended()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);

        Clock.Advance(Lease);

        Assert.False(await Store.Claims.CommitAsync(
            lease, new() { Number = NextCommit(), Marks = [items[1].Recipient.Id.Ordinal], Changes = [Accepted(items[0])] }, Cancellation));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Pending, r.Status));
    }

    [Fact]
    public async Task Nothing_is_written_under_a_lease_that_was_taken_back_though_another_holds()
    {
        var execution = await RunningAsync(1);
        var old = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(old));
        Clock.Advance(Lease);
        await Store.Claims.RecoverAsync(Cancellation);
        var present = await LeaseAsync(execution);
        var again = Assert.Single(await ClaimAsync(present));

        Assert.False(await CommitAsync(old, Accepted(item)));
        Assert.True(await CommitAsync(present, Accepted(again)));
    }

    [Fact]
    public async Task Outcomes_of_a_paused_or_cancelled_execution_are_still_written()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);

        await CancelAsync(execution);

        Assert.True(await CommitAsync(lease, Accepted(item)));
        Assert.Equal(RecipientStatus.Sent, (await FindAsync(item.Recipient.Id)).Status);
    }

    [Fact]
    public async Task The_same_commit_again_changes_nothing_more()
    {
        var execution = await RunningAsync(4);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items[0]);
        var commit = new DispatchCommit
        {
            Number = NextCommit(),
            Marks = [items[3].Recipient.Id.Ordinal],
            Changes = [Accepted(items[0]), Skipped(items[1]), Deferred(items[2], Now.AddMinutes(1))],
        };
        Assert.True(await Store.Claims.CommitAsync(lease, commit, Cancellation));
        var once = Some.Text(await RecipientsAsync(execution));

        Assert.True(await Store.Claims.CommitAsync(lease, commit, Cancellation));

        Assert.Equal(once, Some.Text(await RecipientsAsync(execution)));
        await ConsistentAsync(execution);
        Assert.Empty(await Store.Recipients.ReadHistoryAsync(items[0].Recipient.Id, Cancellation));
    }

    [Fact]
    public async Task A_commit_waits_for_the_one_that_it_follows()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        var first = new DispatchCommit { Number = NextCommit(), Marks = [items[0].Recipient.Id.Ordinal] };
        var second = new DispatchCommit { Number = NextCommit(), Follows = first.Number, Marks = [items[1].Recipient.Id.Ordinal] };

        await Assert.ThrowsAsync<CommitOutOfTurnException>(() => Store.Claims.CommitAsync(lease, second, Cancellation));

        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Pending, r.Status));
        Assert.True(await Store.Claims.CommitAsync(lease, first, Cancellation));
        Assert.True(await Store.Claims.CommitAsync(lease, second, Cancellation));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Sending, r.Status));
    }

    [Fact]
    public async Task Commits_that_are_asked_for_one_behind_the_other_are_made_in_their_order()
    {
        var execution = await RunningAsync(200);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        var made = new List<Task<bool>>();
        var last = 0L;
        foreach (var part in items.Chunk(10))
        {
            var marks = new DispatchCommit { Number = NextCommit(), Follows = last, Marks = [.. part.Select(i => i.Recipient.Id.Ordinal)] };
            var outcomes = new DispatchCommit { Number = NextCommit(), Follows = marks.Number, Changes = [.. part.Select(i => Accepted(i))] };
            last = outcomes.Number;
            made.Add(Store.Claims.CommitAsync(lease, marks, Cancellation));
            made.Add(Store.Claims.CommitAsync(lease, outcomes, Cancellation));
        }

        Assert.All(await Task.WhenAll(made), Assert.True);
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Sent, r.Status));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task However_many_commits_there_are_each_counts_once_and_at_once()
    {
        var automation = await AutomationAsync();
        var execution = await RunningAsync(300, sliceSize: 150, automation);
        var leases = new[] { await LeaseAsync(execution), await LeaseAsync(execution) };
        var items = new[] { await ClaimAsync(leases[0], 1), await ClaimAsync(leases[1], 1) };
        Task<bool> SkipAsync(int lease, int number) => Store.Claims.CommitAsync(
            leases[lease], new() { Number = number, Follows = number - 1, Changes = [Skipped(items[lease][number - 1])] }, Cancellation);

        for (var number = 1; number <= 150; number++)
        {
            Assert.True(await SkipAsync(0, number));
            Assert.True(await SkipAsync(1, number));
            if (number is 1 or 63 or 64 or 65 or 129 or 150)
            {
                Assert.All([await SkipAsync(0, 1), await SkipAsync(1, number), await SkipAsync(1, Math.Max(1, number - 1))], Assert.True);
                Assert.Equal(2 * number, (await ConsistentAsync(execution)).Rows.Skipped);
                Assert.Equal([new(ReasonCodes.Expired, 2 * number)], await Store.Executions.CountErrorsAsync(execution.Id, Cancellation));
                Assert.Equal(300 - (2 * number), (await ControlAsync(execution))!.Open);
                Assert.Equal(2 * number, (await Store.Executions.SumAsync(Some.Organization, automation.Id, Cancellation)).Counters.Skipped);
                Assert.Equal(2 * number, Assert.Single((await Store.Executions.ListAsync(Some.Organization, automation.Id, new(), Cancellation)).Items).Counters.Skipped);
                Assert.Equal(number == 150, await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
            }
        }

        await Store.Claims.ReleaseAsync(leases[0], Cancellation);
        Assert.Equal(300, (await ConsistentAsync(execution)).Rows.Skipped);
        Clock.Advance(Lease);
        Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));
        Assert.Equal(300, (await ConsistentAsync(execution)).Rows.Skipped);
        Assert.Equal([new(ReasonCodes.Expired, 300)], await Store.Executions.CountErrorsAsync(execution.Id, Cancellation));
    }

    [Fact]
    public async Task A_commit_made_again_leaves_alone_what_others_took_on_meanwhile()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        var commit = new DispatchCommit { Number = NextCommit(), Changes = [Accepted(item, new RunStep.Send("offer"))] };
        Assert.True(await Store.Claims.CommitAsync(lease, commit, Cancellation));
        var other = await LeaseAsync(execution);
        Assert.True(await MarkAsync(other, Assert.Single(await ClaimAsync(other))));

        Assert.True(await Store.Claims.CommitAsync(lease, commit, Cancellation));

        Assert.Empty(await ClaimAsync(lease));
        Assert.Equal(RecipientStatus.Sent, (await FindAsync(item.Recipient.Id)).Status);
        Assert.Single(await Store.Recipients.ReadHistoryAsync(item.Recipient.Id, Cancellation));
    }

    [Fact]
    public async Task A_deferred_recipient_comes_back_through_the_queue_alone()
    {
        var execution = await RunningAsync(3);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Deferred(i, Now.AddSeconds(5))));
        await Store.Claims.ReleaseAsync(lease, Cancellation);

        lease = await LeaseAsync(execution);
        Assert.Empty(await ClaimAsync(lease));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.All(await ClaimAsync(lease), i => Assert.True(i.FromQueue && i.Recipient.WaitingReason == ReasonCodes.OutsideWindow));
    }

    [Fact]
    public async Task A_marked_due_entry_is_shown_as_sending_and_its_outcome_takes_it_out_of_the_queue()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, Deferred((await ClaimAsync(lease))[0], Now));
        var item = Assert.Single(await ClaimAsync(lease));

        await MarkAsync(lease, item);
        Assert.Equal(RecipientStatus.Sending, (await FindAsync(item.Recipient.Id)).Status);

        await CommitAsync(lease, Accepted(item));
        Assert.Equal(RecipientStatus.Sent, (await FindAsync(item.Recipient.Id)).Status);
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        Assert.Empty(await ClaimAsync(await LeaseAsync(execution)));
    }

    [Fact]
    public async Task Putting_a_claimed_entry_off_again_replaces_its_instant()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        await CommitAsync(lease, Deferred((await ClaimAsync(lease))[0], Now));
        await CommitAsync(lease, Deferred((await ClaimAsync(lease))[0], Now.AddSeconds(1)));

        Assert.Empty(await ClaimAsync(lease));
        Assert.Equal(Now.AddSeconds(1), (await ControlAsync(execution))!.NextDueAt);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await ClaimAsync(lease));
    }

    [Fact]
    public async Task A_mark_on_somebody_whom_a_receipt_put_back_into_the_queue_is_refused_with_all_of_its_commit()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items[0]);
        await CommitAsync(lease, new ClaimedChange(items[0].Recipient, row => RecipientRules.Fail(row, 1, "1", "Busy", Now, Now)));
        var retry = Assert.Single(await ClaimAsync(lease));
        await TransitionAsync(retry.Recipient.Id, s => new() { After = s.Recipient with { NextAttemptAt = Now }, DueAt = Now });

        var commit = new DispatchCommit { Number = NextCommit(), Marks = [retry.Recipient.Id.Ordinal], Changes = [Accepted(items[1])] };

        Assert.False(await Store.Claims.CommitAsync(lease, commit, Cancellation));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Pending, r.Status));
    }

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

    [Fact]
    public async Task Whom_a_receipt_puts_into_the_queue_before_their_turn_in_the_slice_is_marked_through_the_queue_alone()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution, slots: 4);
        var items = await ClaimAsync(lease);
        await TransitionAsync(items[0].Recipient.Id, s => new() { After = s.Recipient with { NextAttemptAt = Now, WaitingReason = ReasonCodes.Retry }, DueAt = Now });
        var other = await LeaseAsync(execution, slots: 4);
        var due = await Store.Claims.ClaimAsync(other, 10, ClaimScope.Due, cancellationToken: Cancellation);
        Assert.Equal(items[0].Recipient.Id, Assert.Single(due).Recipient.Id);

        Assert.False(await MarkAsync(lease, items));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Pending, r.Status));
        Assert.True(await MarkAsync(other, due));
        Assert.False(await MarkAsync(lease, items));
        Assert.True(await MarkAsync(lease, items[1]));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Sending, r.Status));
    }

    [Fact]
    public async Task A_next_message_of_a_run_comes_back_with_what_was_reached()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);

        await CommitAsync(lease, Accepted(item, new RunStep.Send("offer")));

        var next = Assert.Single(await ClaimAsync(lease));
        Assert.Equal((true, "offer", Milestone.Sent, RecipientStatus.Sent), (next.FromQueue, next.Recipient.FlowCurrentNode, next.Recipient.Reached, next.Recipient.Status));
        Assert.Equal(1, (await ConsistentAsync(execution)).Rows.Open);
    }

    [Fact]
    public async Task Eight_workers_end_everybody_once_and_the_counters_agree()
    {
        var execution = await RunningAsync(600, sliceSize: 11);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                var lease = (await Store.Claims.LeaseAsync(execution.Number, $"node-{worker}", 5, Lease, Cancellation))!;
                while (await ClaimAsync(lease, 10) is { Count: > 0 } items)
                {
                    foreach (var chunk in items.Chunk(4))
                    {
                        Assert.True(await MarkAsync(lease, chunk));
                        Assert.True(await CommitAsync(lease, chunk.Select(i => Accepted(i))));
                    }
                }

                await Store.Claims.ReleaseAsync(lease, Cancellation);
            },
            Cancellation)));

        var audit = await ConsistentAsync(execution);
        Assert.Equal(new() { Total = 600, Sent = 600, Completed = 600 }, audit.Rows);
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(1, r.Attempts));
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
    }
}
