using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>Single recipients: found, listed, and changed by receipts, replies and people.</summary>
public abstract class TransitionConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Who_is_pending_is_counted_by_zone_and_due_time()
    {
        var contacts = await ContactsAsync(6);
        var execution = await ExecutionAsync();
        await PlanAsync(execution, [.. contacts.Select((c, i) => Some.Planned(c) with { TimeZone = i < 4 ? "Asia/Tokyo" : null })]);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        var (soon, later) = (Now.AddSeconds(1), Now.AddMinutes(5));
        await CommitAsync(lease, Accepted(items[0]), Deferred(items[1], soon), Deferred(items[2], soon.AddTicks(1)), Deferred(items[4], later));

        var counts = await Store.Recipients.CountPendingAsync(Some.Organization, execution.Id, Cancellation);

        // The clock stands at a fraction of a whole minute.
        var minute = new DateTimeOffset(2026, 3, 2, 12, 1, 0, TimeSpan.Zero);
        Assert.Equal(
            [new(null, null, 1), new(null, minute.AddMinutes(5), 1), new("Asia/Tokyo", null, 1), new("Asia/Tokyo", minute, 2)],
            counts.OrderBy(c => c.TimeZone, StringComparer.Ordinal).ThenBy(c => c.DueAt ?? DateTimeOffset.MinValue));
        Assert.Empty(await Store.Recipients.CountPendingAsync(Some.OtherOrganization, execution.Id, Cancellation));
    }

    [Fact]
    public async Task Several_changes_of_one_recipient_build_on_each_other()
    {
        var (execution, sent) = await SentAsync(2);
        RecipientTransition Climb(ReceiptStatus status) => new(sent[0], s => TrackingRules.Climb(s, Some.Receipt(Clock, status), 1, Now));

        var changed = await Store.Recipients.TransitionAsync([Climb(ReceiptStatus.Read), Climb(ReceiptStatus.Delivered), Climb(ReceiptStatus.Read)], [], Cancellation);

        Assert.Equal(2, changed);
        var row = await FindAsync(sent[0]);
        Assert.Equal((RecipientStatus.Read, Now, Now), (row.Status, row.DeliveredAt, row.ReadAt));
        var counters = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((2, 1, 1), (counters.Sent, counters.Delivered, counters.Read));
    }

    [Fact]
    public async Task Changes_of_several_executions_are_one_write()
    {
        var (first, ones) = await SentAsync(1);
        var (second, others) = await SentAsync(1);

        await Assert.ThrowsAsync<FormatException>(() => Store.Recipients.TransitionAsync(
            [new(ones[0], Read), new(others[0], _ => throw new FormatException())], [], Cancellation));
        Assert.Equal(RecipientStatus.Sent, (await FindAsync(ones[0])).Status);

        Assert.Equal(2, await Store.Recipients.TransitionAsync([new(ones[0], Read), new(others[0], Read)], [], Cancellation));
        Assert.Equal(1, (await ConsistentAsync(first)).Rows.Read);
        Assert.Equal(1, (await ConsistentAsync(second)).Rows.Read);

        RecipientChange? Read(RecipientSituation s) => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Read), 1, Now);
    }

    [Fact]
    public async Task Nobody_is_asked_about_a_recipient_that_is_not_there()
    {
        var (execution, _) = await SentAsync(1);
        RecipientId[] strangers =
        [
            RecipientId.Create(execution.Number, 1, execution.CreatedAt),
            RecipientId.Create(execution.Number, 0, execution.CreatedAt.AddSeconds(1)),
            RecipientId.Create(execution.Number + 1, 0, execution.CreatedAt),
        ];

        var changed = await Store.Recipients.TransitionAsync(
            [.. strangers.Select(id => new RecipientTransition(id, _ => throw new InvalidOperationException("asked")))], [], Cancellation);

        Assert.Equal(0, changed);
        foreach (var stranger in strangers)
        {
            Assert.Null(await Store.Recipients.FindAsync(Some.Organization, stranger, Cancellation));
        }
    }

    [Fact]
    public async Task A_decision_sees_whether_the_execution_is_open_and_whether_a_message_is_in_hand()
    {
        var execution = await RunningAsync(2);
        var lease = await LeaseAsync(execution);
        await MarkAsync(lease, (await ClaimAsync(lease)).Take(1));
        var seen = new List<(RecipientStatus Status, bool Open)>();

        await LookAsync();
        await CancelAsync(execution);
        await LookAsync();

        Assert.Equal([(RecipientStatus.Sending, true), (RecipientStatus.Pending, true), (RecipientStatus.Sending, false), (RecipientStatus.Pending, false)], seen);

        async Task LookAsync()
        {
            foreach (var ordinal in new[] { 0, 1 })
            {
                await TransitionAsync(
                    RecipientId.Create(execution.Number, ordinal, execution.CreatedAt),
                    s =>
                    {
                        seen.Add((s.Recipient.Status, s.ExecutionOpen));
                        return null;
                    });
            }
        }
    }

    [Fact]
    public async Task A_due_instant_puts_into_the_queue_or_moves_within_it()
    {
        var (execution, sent) = await SentAsync(1);
        await TransitionAsync(sent[0], s => new() { After = s.Recipient with { Open = true }, DueAt = Now.AddMinutes(5) });
        Assert.Equal(Now.AddMinutes(5), (await ControlAsync(execution))!.NextDueAt);

        await TransitionAsync(sent[0], s => new() { After = s.Recipient with { WaitingReason = ReasonCodes.NextStep } });
        Assert.Equal(Now.AddMinutes(5), (await ControlAsync(execution))!.NextDueAt);

        await TransitionAsync(sent[0], s => new() { After = s.Recipient, DueAt = Now });
        var item = Assert.Single(await ClaimAsync(await LeaseAsync(execution)));
        Assert.Equal((true, ReasonCodes.NextStep), (item.FromQueue, item.Recipient.WaitingReason));
    }

    [Fact]
    public async Task Whoever_is_no_longer_open_leaves_the_queue()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await CommitAsync(lease, Deferred(item, Now));

        await TransitionAsync(item.Recipient.Id, s => TrackingRules.Reply(s, Some.Reply(Clock, "SAIR"), optedOut: true, Now));

        Assert.Null((await ControlAsync(execution))!.NextDueAt);
        Assert.Empty(await ClaimAsync(lease));
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
    }

    [Fact]
    public async Task Whoever_ended_before_being_claimed_is_not_claimed()
    {
        var execution = await RunningAsync(3);
        var rows = await RecipientsAsync(execution);
        await TransitionAsync(rows[1].Id, s => TrackingRules.Reply(s, Some.Reply(Clock, "SAIR"), optedOut: true, Now));
        await TransitionAsync(rows[2].Id, s => TrackingRules.Reply(s, Some.Reply(Clock, "SAIR"), optedOut: true, Now));

        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await CommitAsync(lease, Accepted(item));

        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task Inbox_entries_are_consumed_with_the_changes_they_caused()
    {
        var (_, sent) = await SentAsync(1);
        await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Read), Some.Receipt(Clock, ReceiptStatus.Read)], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 10, Cancellation);
        await Assert.ThrowsAsync<FormatException>(() => Store.Recipients.TransitionAsync([new(sent[0], _ => throw new FormatException())], [entries[0].Id], Cancellation));
        Assert.Equal(2, (await Store.Inbox.ReadAsync(Now, 10, Cancellation)).Count);

        await Store.Recipients.TransitionAsync([], [entries[0].Id, entries[0].Id, long.MaxValue], Cancellation);

        Assert.Equal(entries[1].Id, Assert.Single(await Store.Inbox.ReadAsync(Now, 10, Cancellation)).Id);
    }

    [Fact]
    public async Task A_strangers_id_that_leads_to_somebodys_row_changes_nothing_of_it()
    {
        var (execution, sent) = await SentAsync(2);
        var stranger = RecipientId.Create(sent[0].ExecutionNumber, sent[0].Ordinal, Now.AddDays(-40));

        var changed = await Store.Recipients.TransitionAsync(
            [Climb(stranger, ReceiptStatus.Read), Climb(sent[0], ReceiptStatus.Delivered), Climb(stranger, ReceiptStatus.Read), Climb(sent[1], ReceiptStatus.Delivered)],
            [], Cancellation);

        Assert.Equal(2, changed);
        var rows = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((2, 0), (rows.Delivered, rows.Read));

        RecipientTransition Climb(RecipientId id, ReceiptStatus status) => new(id, s => TrackingRules.Climb(s, Some.Receipt(Clock, status, $"wamid.{id}"), 1, Now));
    }

    [Fact]
    public async Task Several_reports_of_one_person_in_one_write_count_each_and_stay_in_their_order()
    {
        var (execution, sent) = await SentAsync(2);

        var changed = await Store.Recipients.TransitionAsync(
            [
                new(sent[0], s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Delivered, $"wamid.{sent[0]}"), 1, Now)),
                new(sent[0], s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Delivered, $"wamid.{sent[0]}"), 1, Now)),
                new(sent[0], s => TrackingRules.Reply(s, Some.Reply(Clock, "first"), optedOut: false, Now)),
                new(sent[0], s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Read, $"wamid.{sent[0]}"), 1, Now)),
                new(sent[0], s => TrackingRules.Reply(s, Some.Reply(Clock, "second"), optedOut: false, Now)),
            ],
            [], Cancellation);

        Assert.Equal(4, changed);
        var rows = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((2, 1, 1, 1), (rows.Sent, rows.Delivered, rows.Read, rows.Replied));
        Assert.Equal(["first", "second"], (await Store.Recipients.ReadHistoryAsync(sent[0], Cancellation)).Where(e => e.Kind == RecipientEventKind.Replied).Select(e => e.Message));
        var row = await FindAsync(sent[0]);
        Assert.Equal((RecipientStatus.Replied, true, true), (row.Status, row.DeliveredAt is not null, row.ReadAt is not null));
    }

    [Fact]
    public async Task Eight_at_once_count_each_change_once()
    {
        var (execution, sent) = await SentAsync(20);

        var changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Store.Recipients.TransitionAsync(
                [.. sent.Select(id => new RecipientTransition(id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Delivered), 1, Now)))], [], Cancellation),
            Cancellation)));

        Assert.Equal(20, changed.Sum());
        Assert.Equal(20, (await ConsistentAsync(execution)).Rows.Delivered);
    }

    [Fact]
    public async Task A_receipt_without_our_id_finds_its_recipient_by_the_providers()
    {
        var (_, sent) = await SentAsync(3);

        var found = await Store.Recipients.FindByMessageAsync(Some.Channel, [$"wamid.{sent[0]}", $"wamid.{sent[2]}", "wamid.unknown", $"wamid.{sent[0]}"], Cancellation);

        Assert.Equal(new Dictionary<string, RecipientId> { [$"wamid.{sent[0]}"] = sent[0], [$"wamid.{sent[2]}"] = sent[2] }, found.ToDictionary(f => f.Key, f => f.Value.Id));
        Assert.Empty(await Store.Recipients.FindByMessageAsync("another line", [$"wamid.{sent[0]}"], Cancellation));
    }

    [Fact]
    public async Task A_reply_finds_the_contacts_latest_recipient_that_was_sent_to_on_the_channel()
    {
        var contact = Assert.Single(await ContactsAsync(1));
        var other = Some.Settings() with { ChannelId = "another line" };
        var first = await RunAsync(await AutomationAsync(), send: true);
        var second = await RunAsync(await AutomationAsync(), send: true);
        await RunAsync(await AutomationAsync(), send: false);
        var elsewhere = await RunAsync(await AutomationAsync(other), send: true);

        Assert.NotEqual(first, second);
        Assert.Equal(second, await LatestAsync(Some.Channel, contact.Id));
        Assert.Equal(elsewhere, await LatestAsync("another line", contact.Id));
        Assert.Null(await LatestAsync("no line", contact.Id));
        Assert.Null(await LatestAsync(Some.Channel, ContactId.New(Clock)));

        async Task<RecipientId> RunAsync(Automations.Automation automation, bool send)
        {
            var execution = await ExecutionAsync(automation);
            await PlanAsync(execution, [Some.Planned(contact)]);
            var lease = await LeaseAsync(execution);
            var item = Assert.Single(await ClaimAsync(lease));
            await CommitAsync(lease, send ? Accepted(item) : Skipped(item));
            return item.Recipient.Id;
        }
    }

    [Fact]
    public async Task Eight_batches_about_the_same_people_are_settled_beside_each_other()
    {
        var (execution, sent) = await SentAsync(300);
        await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 8).Select(i => Some.Receipt(Clock, ReceiptStatus.Read, $"{i}"))], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 10, Cancellation);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(batch => Task.Run(
            async () =>
            {
                var status = (ReceiptStatus)((batch % 3) + 1);
                var people = batch % 2 == 0 ? sent : sent.Reverse();
                await Store.Recipients.TransitionAsync(
                    [.. people.Select(id => new RecipientTransition(id, s => TrackingRules.Climb(s, Some.Receipt(Clock, status, $"wamid.{id}"), 1, Now)))],
                    [entries[batch].Id], Cancellation);
            },
            Cancellation)));

        var rows = (await ConsistentAsync(execution)).Rows;
        Assert.Equal((300, 300, 300), (rows.Sent, rows.Delivered, rows.Read));
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal((true, true), (r.DeliveredAt is not null, r.ReadAt is not null)));
        Assert.Empty(await Store.Inbox.ReadAsync(Now, 10, Cancellation));
    }

    [Fact]
    public async Task Replies_of_many_find_each_their_own_latest_recipient()
    {
        var people = await ContactsAsync(80);
        var first = await SentToAsync(people);
        var second = await SentToAsync([.. people.Skip(50)]);

        // Somebody unknown is asked for too, and somebody twice.
        var found = await Store.Recipients.FindLatestAsync(Some.Channel, [.. people.Select(p => p.Id), ContactId.New(Clock), people[0].Id], Cancellation);

        Assert.Equal(first.Take(50).Concat(second).ToDictionary(r => r.ContactId, r => new FoundRecipient(r.Id, MayHaveReplied: false)), found);
        Assert.Empty(await Store.Recipients.FindLatestAsync(Some.Channel, [], Cancellation));

        await TransitionAsync(second[0].Id, s => TrackingRules.Reply(s, Some.Reply(Clock), optedOut: false, Now));
        await TransitionAsync(first[60].Id, s => TrackingRules.Reply(s, Some.Reply(Clock), optedOut: false, Now));
        found = await Store.Recipients.FindLatestAsync(Some.Channel, [people[50].Id, people[60].Id], Cancellation);
        Assert.Equal(new(second[0].Id, MayHaveReplied: true), found[people[50].Id]);
        Assert.Equal(new(second[10].Id, MayHaveReplied: false), found[people[60].Id]); // in an earlier run
        Assert.True((await Store.Recipients.FindByMessageAsync(Some.Channel, [$"wamid.{second[0].Id}"], Cancellation)).Values.Single().MayHaveReplied);

        var tooMany = Enumerable.Range(0, 1_001).Select(_ => ContactId.New(Clock)).ToList();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Recipients.FindLatestAsync(Some.Channel, tooMany, Cancellation));

        async Task<IReadOnlyList<Recipient>> SentToAsync(IReadOnlyList<Contact> contacts)
        {
            var execution = await ExecutionAsync();
            await PlanAsync(execution, [.. contacts.Select(Some.Planned)]);
            var lease = await LeaseAsync(execution, slots: 100);
            await CommitAsync(lease, (await ClaimAsync(lease)).Select(i => Accepted(i)));
            return await RecipientsAsync(execution);
        }
    }

    [Fact]
    public async Task Of_histories_what_tells_of_some_messages_is_found()
    {
        var (_, sent) = await SentAsync(60);
        foreach (var id in sent.Skip(10))
        {
            await ReplyAsync(id, $"first-{id}");
            await ReplyAsync(id, $"second-{id}");
        }

        // Somebody unknown, somebody twice, and an id of another installation that has the same place.
        var asked = sent.Take(40).Append(RecipientId.Create(9_999, 0, Now)).Append(sent[0]).Append(RecipientId.Create(sent[0].ExecutionNumber, sent[0].Ordinal, Now.AddYears(1))).ToList();
        var messages = sent.Take(30).Select(id => $"second-{id}").Append($"first-{sent[20]}").Append($"first-{sent[50]}").Append("of nobody").ToList();
        var found = await Store.Recipients.FindEventsAsync(asked, messages, Cancellation);

        Assert.Equal(sent.Skip(10).Take(20).ToHashSet(), found.Keys.ToHashSet());
        Assert.All(found, h => Assert.Equal(h.Key == sent[20] ? [$"first-{h.Key}", $"second-{h.Key}"] : [$"second-{h.Key}"], h.Value.Select(e => e.ProviderMessageId!)));
        Assert.Equal((await Store.Recipients.ReadHistoryAsync(sent[20], Cancellation)).Where(e => e.Kind == RecipientEventKind.Replied), found[sent[20]]);
        Assert.Empty(await Store.Recipients.FindEventsAsync([], messages, Cancellation));
        Assert.Empty(await Store.Recipients.FindEventsAsync(asked, [], Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Recipients.FindEventsAsync([.. Enumerable.Range(0, 1_001).Select(o => RecipientId.Create(1, o, Now))], messages, Cancellation));

        Task ReplyAsync(RecipientId id, string message) => TransitionAsync(id, s => TrackingRules.Reply(s, Some.Reply(Clock) with { ProviderMessageId = message }, optedOut: false, Now));
    }

    [Fact]
    public async Task First_messages_of_runs_without_a_cap_are_found_by_contact()
    {
        var contacts = await ContactsAsync(2);
        var elsewhere = Some.Settings() with { ChannelId = "another line" };
        var capped = Some.Settings() with { FrequencyCap = new(1, TimeSpan.FromHours(1)) };
        await RunAsync(await AutomationAsync(), item => Accepted(item));
        var begun = Now;
        Clock.Advance(TimeSpan.FromMinutes(1));
        await RunAsync(await AutomationAsync(), item => new(item.Recipient, row => RecipientRules.Doubt(row, 1, "Cut off.", Now, Now)));
        await RunAsync(await AutomationAsync(), item => new(item.Recipient, row => RecipientRules.Fail(row, 1, "131026", "No", Now, null)));
        await RunAsync(await AutomationAsync(elsewhere), item => Accepted(item));
        await RunAsync(await AutomationAsync(capped), item => Accepted(item));
        var asked = contacts.Select(c => c.Id).ToList();

        await ReopenAsync();

        var found = await Store.Recipients.FindUncappedAsync(Some.Channel, asked, begun.AddTicks(-1), Cancellation);
        Assert.Equal([begun, Now], Assert.Single(found).Value);
        Assert.Equal(contacts[0].Id, found.Keys.Single());
        Assert.Equal([Now], (await Store.Recipients.FindUncappedAsync(Some.Channel, asked, begun, Cancellation))[contacts[0].Id]);
        Assert.Equal([Now], (await Store.Recipients.FindUncappedAsync("another line", asked, begun, Cancellation))[contacts[0].Id]);
        Assert.Empty(await Store.Recipients.FindUncappedAsync("no line", asked, begun, Cancellation));

        async Task RunAsync(Automations.Automation automation, Func<WorkItem, ClaimedChange> send)
        {
            var execution = await ExecutionAsync(automation);
            await PlanAsync(execution, [Some.Planned(contacts[0])]);
            var lease = await LeaseAsync(execution);
            var item = Assert.Single(await ClaimAsync(lease));
            await MarkAsync(lease, item);
            await CommitAsync(lease, send(item));
        }
    }

    [Fact]
    public async Task Filters_hold_together_and_streams_agree_with_listings()
    {
        var execution = await RunningAsync(6);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items.Take(4));
        await CommitAsync(
            lease,
            Accepted(items[0]),
            new ClaimedChange(items[1].Recipient, row => RecipientRules.Fail(row, 1, "131026", "No", Now, null)),
            Accepted(items[2]));
        await TransitionAsync(items[2].Recipient.Id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Delivered), 1, Now));

        await ExpectAsync(RecipientFilter.All, 0, 1, 2, 3, 4, 5);
        await ExpectAsync(new([RecipientStatus.Sending]), 3);
        await ExpectAsync(new([RecipientStatus.Pending]), 4, 5);
        await ExpectAsync(new([RecipientStatus.Failed]), 1);
        await ExpectAsync(new([RecipientStatus.Pending, RecipientStatus.Failed, RecipientStatus.Sending]), 1, 3, 4, 5);
        await ExpectAsync(new([]));
        await ExpectAsync(new(Reached: Milestone.Sent), 0, 2);
        await ExpectAsync(new(Reached: Milestone.Delivered), 2);
        await ExpectAsync(new(ErrorCodes: ["131026"]), 1);
        await ExpectAsync(new(ErrorCodes: ["x'\"", "131026"]), 1);
        await ExpectAsync(new(ErrorCodes: ["13102"]));
        await ExpectAsync(new(Text: "PERSON"), 0, 1, 2, 3, 4, 5);
        await ExpectAsync(new(Text: "000004"), 4);
        await ExpectAsync(new([RecipientStatus.Sent], Text: "person 0"), 0);
        await ExpectAsync(new([RecipientStatus.Sent], ErrorCodes: ["131026"]));

        async Task ExpectAsync(RecipientFilter filter, params int[] ordinals)
        {
            var page = await Store.Recipients.ListAsync(Some.Organization, execution.Id, filter, new(), Cancellation);
            Assert.Equal(ordinals, page.Items.Select(r => r.Id.Ordinal));
            Assert.Equal(ordinals.Length, page.Total);
            Assert.Equal(Some.Text(page.Items), Some.Text(await RecipientsAsync(execution, filter)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Person")]
    public async Task Pages_by_cursor_and_by_number_leave_nobody_out_and_repeat_nobody(string? text)
    {
        var execution = await RunningAsync(25);
        var filter = new RecipientFilter(Text: text);

        var byCursor = new List<int>();
        string? cursor = null;
        do
        {
            var page = await Store.Recipients.ListAsync(Some.Organization, execution.Id, filter, new(5, Cursor: cursor), Cancellation);
            byCursor.AddRange(page.Items.Select(r => r.Id.Ordinal));
            Assert.Equal((5, 25), (page.Items.Count, page.Total));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25), byCursor);
        Assert.Equal([5, 6, 7, 8, 9], (await Store.Recipients.ListAsync(Some.Organization, execution.Id, filter, new(5, 2), Cancellation)).Items.Select(r => r.Id.Ordinal));
        Assert.Empty((await Store.Recipients.ListAsync(Some.Organization, execution.Id, filter, new(5, 6), Cancellation)).Items);
    }

    [Fact]
    public async Task A_stream_holds_everybody_in_order_and_may_be_changed_beside()
    {
        var execution = await RunningAsync(2_500);
        var seen = new List<int>();

        await foreach (var row in Store.Recipients.StreamAsync(Some.Organization, execution.Id, RecipientFilter.All, cancellationToken: Cancellation))
        {
            if (seen.Count % 500 == 0)
            {
                await TransitionAsync(row.Id, s => new() { After = s.Recipient with { ErrorMessage = "seen" } });
            }

            seen.Add(row.Id.Ordinal);
        }

        Assert.Equal(Enumerable.Range(0, 2_500), seen);
    }

    [Theory]
    [InlineData(null, 2_500)]
    [InlineData(0, 2_499)]
    [InlineData(1_234, 1_265)]
    [InlineData(2_498, 1)]
    [InlineData(2_499, 0)]
    public async Task A_stream_goes_on_behind_the_one_that_was_read_last(int? after, int left)
    {
        var execution = await RunningAsync(2_500);

        var seen = new List<int>();
        await foreach (var row in Store.Recipients.StreamAsync(Some.Organization, execution.Id, new([RecipientStatus.Pending]), after, Cancellation))
        {
            seen.Add(row.Id.Ordinal);
        }

        Assert.Equal(Enumerable.Range(2_500 - left, left), seen);
        Assert.Empty(await Store.Recipients.StreamAsync(Some.OtherOrganization, execution.Id, RecipientFilter.All, after, Cancellation).ToListAsync(Cancellation));
    }

    private async Task<(Execution Execution, IReadOnlyList<RecipientId> Sent)> SentAsync(int count)
    {
        var execution = await RunningAsync(count);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await CommitAsync(lease, items.Select(i => Accepted(i)));
        await Store.Claims.ReleaseAsync(lease, Cancellation);
        return (execution, [.. items.Select(i => i.Recipient.Id)]);
    }
}
