using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>Receivers and what came in: all that decides whether silence about a message proves anything.</summary>
public abstract class ReceiverConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    private static readonly AttemptId Attempt = new(RecipientId.Create(7, 3, DateTimeOffset.UnixEpoch), 2);

    [Fact]
    public async Task A_stretch_lasts_from_its_first_beat_to_its_last()
    {
        var since = Now;
        Assert.True(await BeatAsync("a/1"));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await BeatAsync("a/1"));
        var last = Now;
        Clock.Advance(TimeSpan.FromSeconds(1));

        await ReopenAsync();

        var record = await ReadAsync();
        Assert.Equal([new(since, last, Ended: false)], record.Stretches);
        Assert.Equal(Now, record.Now);
    }

    [Fact]
    public async Task A_gap_of_more_than_fifteen_seconds_can_not_be_bridged()
    {
        var since = Now;
        await BeatAsync("a/1");
        Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.True(await BeatAsync("a/1"));
        var last = Now;

        Clock.Advance(TimeSpan.FromSeconds(15).Add(TimeSpan.FromTicks(1)));

        Assert.False(await BeatAsync("a/1"));
        Assert.False(await BeatAsync("a/1"));
        Assert.True(await BeatAsync("a/2"));
        Assert.Equal([new(since, last, Ended: false), new(Now, Now, Ended: false)], (await ReadAsync()).Stretches.OrderBy(s => s.Since));
    }

    [Fact]
    public async Task A_stretch_that_ended_in_order_keeps_its_last_beat_and_does_not_go_on()
    {
        var since = Now;
        await BeatAsync("a/1");
        Clock.Advance(TimeSpan.FromSeconds(2));

        await Store.Receivers.EndAsync("a/1", Cancellation);
        await Store.Receivers.EndAsync("unknown", Cancellation);

        Assert.False(await BeatAsync("a/1"));
        Assert.Equal([new(since, since, Ended: true)], (await ReadAsync()).Stretches);
    }

    [Fact]
    public async Task Receivers_do_not_know_of_each_other()
    {
        await BeatAsync("a/1");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await BeatAsync("b/1");
        Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.False(await BeatAsync("a/1"));
        Assert.True(await BeatAsync("b/1"));
    }

    [Fact]
    public async Task Stretches_that_were_over_long_before_are_left_out()
    {
        var since = Now;
        await BeatAsync("a/1");
        Clock.Advance(TimeSpan.FromMinutes(1));
        await BeatAsync("b/1");

        Assert.Equal(2, (await ReadAsync(from: since.AddSeconds(15))).Stretches.Count);
        Assert.Equal(Now, Assert.Single((await ReadAsync(from: since.AddSeconds(15).AddTicks(1))).Stretches).Since);
    }

    [Fact]
    public async Task A_new_stretch_makes_the_store_forget_those_of_days_ago()
    {
        await BeatAsync("a/1");
        Clock.Advance(ReceiverStretch.Kept + TimeSpan.FromTicks(1));

        await BeatAsync("b/1");

        Assert.Equal(Now, Assert.Single((await ReadAsync(from: DateTimeOffset.UnixEpoch)).Stretches).Since);
    }

    [Fact]
    public async Task Of_receipts_that_arrived_together_the_latest_attempt_is_kept_for_each_channel()
    {
        var arrived = Now;
        await NoteAsync(new("line-1", arrived, arrived.AddSeconds(-3)), new("line-2", arrived, arrived.AddSeconds(-1)), new("line-1", arrived, arrived.AddSeconds(-2).AddTicks(1)));
        await NoteAsync(new ReceiptNote("line-1", arrived, arrived.AddSeconds(-9)));

        await ReopenAsync();

        Assert.Equal(arrived.AddSeconds(-2).AddTicks(1), (await ReadAsync()).LatestAttemptAt);
        Assert.Equal(arrived.AddSeconds(-1), (await ReadAsync("line-2")).LatestAttemptAt);
        Assert.Null((await ReadAsync("line-3")).LatestAttemptAt);
    }

    [Fact]
    public async Task Receipts_that_arrived_later_are_left_out()
    {
        var first = Now;
        await NoteAsync(new("line-1", first, first.AddSeconds(-8)), new("line-1", first.AddSeconds(5), first));

        Assert.Equal(first.AddSeconds(-8), (await ReadAsync(until: first.AddSeconds(5).AddTicks(-1))).LatestAttemptAt);
        Assert.Equal(first, (await ReadAsync(until: first.AddSeconds(5))).LatestAttemptAt);
        Assert.Null((await ReadAsync(until: first.AddTicks(-1))).LatestAttemptAt);
    }

    [Fact]
    public async Task A_note_makes_the_store_forget_those_of_hours_ago()
    {
        var first = Now;
        await NoteAsync(new ReceiptNote("line-1", first, first));
        Clock.Advance(ReceiptNote.Kept + TimeSpan.FromSeconds(1));

        await NoteAsync(new ReceiptNote("line-1", Now, first.AddSeconds(-1)));

        Assert.Equal(first.AddSeconds(-1), (await ReadAsync()).LatestAttemptAt);
    }

    [Fact]
    public async Task What_came_in_by_then_and_was_not_looked_at_is_unsettled()
    {
        var until = Now;
        Assert.False((await ReadAsync(until: until)).Unsettled);

        await Store.Inbox.AppendAsync([Some.Reply(Clock)], until + ReceiptRecord.ClockTolerance, Cancellation);

        Assert.True((await ReadAsync(until: until)).Unsettled);
        Assert.False((await ReadAsync(until: until.AddTicks(-1))).Unsettled);
        await PutOffAsync();
        Assert.False((await ReadAsync(until: until)).Unsettled);
    }

    [Fact]
    public async Task A_large_batch_that_came_in_by_then_is_unsettled_until_it_is_looked_at_and_then_what_it_names()
    {
        var until = Now;
        await Store.Inbox.AppendAsync(
            [.. Enumerable.Range(0, 50).Select(i => Some.Receipt(Clock, ReceiptStatus.Sent, $"{i}") with { AttemptId = i == 30 ? Attempt.ToString() : null })],
            until + ReceiptRecord.ClockTolerance, Cancellation);

        Assert.True((await ReadAsync(until: until, attempt: Attempt with { Number = 1 })).Unsettled);
        Assert.False((await ReadAsync(until: until.AddTicks(-1))).Unsettled);
        await Store.Inbox.PutOffAsync([.. (await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 100, Cancellation)).Select(e => e.Id)], Now.AddDays(1), Cancellation);

        Assert.True((await ReadAsync(until: until)).Unsettled);
        Assert.False((await ReadAsync(until: until, attempt: Attempt with { Number = 1 })).Unsettled);
        await Store.Inbox.DropAsync([.. (await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 100, Cancellation)).Select(e => e.Id)], Cancellation);
        Assert.False((await ReadAsync(until: until)).Unsettled);
    }

    [Fact]
    public async Task What_names_the_attempt_is_unsettled_until_it_is_gone()
    {
        await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Sent) with { AttemptId = Attempt.ToString() }], Now, Cancellation);
        await PutOffAsync();

        Assert.True((await ReadAsync()).Unsettled);
        Assert.False((await ReadAsync(attempt: Attempt with { Number = 1 })).Unsettled);

        await Store.Inbox.DropAsync([.. (await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 10, Cancellation)).Select(e => e.Id)], Cancellation);
        Assert.False((await ReadAsync()).Unsettled);
    }

    [Fact]
    public async Task When_a_message_was_handed_over_is_kept_with_its_outcome()
    {
        var execution = await RunningAsync(4);
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await MarkAsync(lease, items.Take(3));
        var (at, handedOver) = (Now, Now.AddTicks(-12_345_678));

        await CommitAsync(
            lease,
            new ClaimedChange(items[0].Recipient, row => RecipientRules.Accept(row, 1, "wamid.1", at, Some.End, handedOver)),
            new ClaimedChange(items[1].Recipient, row => RecipientRules.Doubt(row, 1, "Cut off.", at, at.AddMinutes(2), handedOver)),
            new ClaimedChange(items[2].Recipient, row => RecipientRules.Fail(row, 1, "131000", "Busy.", at, at.AddMinutes(1), handedOver)));

        await ReopenAsync();
        Assert.Equal([handedOver, handedOver, handedOver, null], (await RecipientsAsync(execution)).OrderBy(r => r.Id.Ordinal).Select(r => r.AttemptedAt));
    }

    [Fact]
    public async Task Nobody_knows_when_a_process_that_died_had_handed_over()
    {
        var execution = await RunningAsync(1);
        var lease = await LeaseAsync(execution);
        var item = Assert.Single(await ClaimAsync(lease));
        await MarkAsync(lease, item);
        var (at, handedOver) = (Now, Now);
        await CommitAsync(lease, new ClaimedChange(item.Recipient, row => RecipientRules.Accept(row, 1, "wamid.1", at, new RunStep.Send("offer"), handedOver)));
        await MarkAsync(lease, Assert.Single(await ClaimAsync(lease)));

        Clock.Advance(Lease);
        await Store.Claims.RecoverAsync(Cancellation);

        var row = await FindAsync(item.Recipient.Id);
        Assert.Equal((RecipientStatus.InDoubt, Now, null), (row.Status, row.InDoubtSince, row.AttemptedAt));
    }

    private Task<bool> BeatAsync(string stretch) => Store.Receivers.BeatAsync(stretch, Cancellation);

    private Task NoteAsync(params ReceiptNote[] notes) => Store.Receivers.NoteAsync(notes, Cancellation);

    private async Task PutOffAsync() =>
        await Store.Inbox.PutOffAsync([.. (await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 10, Cancellation)).Select(e => e.Id)], Now.AddDays(1), Cancellation);

    private Task<ReceiptRecord> ReadAsync(string channel = "line-1", DateTimeOffset? from = null, DateTimeOffset? until = null, AttemptId? attempt = null) =>
        Store.Receivers.ReadAsync(channel, attempt ?? Attempt, from ?? Now.AddHours(-1), until ?? Now.AddHours(1), Cancellation);
}
