using FlowDispatch.Storage;
using FlowDispatch.Tracking;

namespace FlowDispatch.Store.Conformance;

/// <summary>The inbox: what it acknowledged stays until it is settled or dropped.</summary>
public abstract class InboxConformance<TFixture> : StoreConformance<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Everything_of_an_event_survives_in_the_order_of_arrival()
    {
        InboundEvent[] events =
        [
            new InboundEvent.Receipt
            {
                ChannelId = Some.Channel,
                At = Now.AddTicks(-1),
                ProviderMessageId = "wamid.1",
                AttemptId = "0195/2",
                Status = ReceiptStatus.Failed,
                ErrorCode = "131049",
                ErrorMessage = "Não entregue 🚫",
                IsTransient = true,
                RetryAfter = TimeSpan.FromHours(24.5),
            },
            Some.Receipt(Clock, ReceiptStatus.Read),
            Some.Reply(Clock, "Olá\n\"שלום\" 👍") with { From = "5511900000001", InReplyTo = "wamid.1" },
            Some.Reply(Clock) with { Text = null },
        ];
        await Store.Inbox.AppendAsync(events[..1], Now, Cancellation);
        await Store.Inbox.AppendAsync(events[1..], Now, Cancellation);

        await ReopenAsync();
        var entries = await Store.Inbox.ReadAsync(Now, 10, Cancellation);

        Assert.Equal(events, entries.Select(e => e.Event));
        Assert.Equal(entries.Count, entries.Select(e => e.Id).Distinct().Count());
        Assert.All(entries, e => Assert.Equal((Now, 0), (e.ReceivedAt, e.Tries)));
    }

    [Fact]
    public async Task Reading_takes_nothing_away_and_no_more_than_the_limit()
    {
        await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 5).Select(i => Some.Receipt(Clock, ReceiptStatus.Sent, $"{i}"))], Now, Cancellation);

        var first = await Store.Inbox.ReadAsync(Now, 3, Cancellation);

        Assert.Equal(["0", "1", "2"], first.Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId));
        Assert.Equal(first, await Store.Inbox.ReadAsync(Now, 3, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Inbox.ReadAsync(Now, 0, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Inbox.ReadAsync(Now, 40_001, Cancellation));
    }

    [Fact]
    public async Task Forty_thousand_are_read_at_once_in_the_order_they_came()
    {
        foreach (var part in Receipts(40_003).Chunk(10_000))
        {
            await Store.Inbox.AppendAsync(part, Now, Cancellation);
            Clock.Advance(TimeSpan.FromTicks(1));
        }

        var entries = await Store.Inbox.ReadAsync(Now, 40_000, Cancellation);

        Assert.Equal(Enumerable.Range(0, 40_000).Select(i => $"{i}"), Messages(entries));
        await Store.Inbox.DropAsync(Ids(entries), Cancellation);
        Assert.Equal(["40000", "40001", "40002"], Messages(await Store.Inbox.ReadAsync(Now, 40_000, Cancellation)));
    }

    [Fact]
    public async Task Everything_of_a_large_batch_survives_replies_among_it_too()
    {
        var events = Enumerable.Range(0, 1_500).Select(i => i % 7 == 3
            ? (InboundEvent)Some.Reply(Clock, $"{i}")
            : Some.Receipt(Clock, (ReceiptStatus)((i % 4) + 1), $"wamid.{i * 7_919 % 1_500}") with
            {
                ChannelId = i % 100 < 50 ? Some.Channel : "line-2",
                At = Now.AddTicks(i % 2 == 0 ? i : -i),
                AttemptId = i % 5 == 0 ? null : $"0195c3e5-0000-7000-8000-0000000{i:00000}/{i % 3}",
                ErrorCode = i % 4 == 3 ? $"{131_000 + i}" : null,
                ErrorMessage = i % 8 == 3 ? "Não entregue 🚫" : null,
                IsTransient = i % 4 == 3,
                RetryAfter = i % 12 == 3 ? TimeSpan.FromMinutes(i) : null,
            }).ToArray();
        await Store.Inbox.AppendAsync(events, Now, Cancellation);

        await ReopenAsync();
        var entries = await Store.Inbox.ReadAsync(Now, 40_000, Cancellation);

        Assert.Equal(events.OfType<InboundEvent.Receipt>(), entries.Select(e => e.Event).OfType<InboundEvent.Receipt>());
        Assert.Equal(events.OfType<InboundEvent.Reply>(), entries.Select(e => e.Event).OfType<InboundEvent.Reply>());
        Assert.Equal(1_500, entries.Select(e => e.Id).Distinct().Count());
        Assert.All(entries, e => Assert.Equal((Now, 0), (e.ReceivedAt, e.Tries)));
    }

    [Fact]
    public async Task Of_a_large_batch_each_entry_goes_or_stays_by_itself()
    {
        await Store.Inbox.AppendAsync([.. Receipts(100)], Now, Cancellation);
        var received = Now;
        var entries = await Store.Inbox.ReadAsync(Now, 1_000, Cancellation);

        await Store.Inbox.DropAsync([entries[3].Id, entries[3].Id, entries[50].Id], Cancellation);
        await Store.Inbox.PutOffAsync([entries[7].Id], Now.AddSeconds(5), Cancellation);
        await Store.Recipients.TransitionAsync([], [entries[3].Id, entries[9].Id], Cancellation);

        var left = await Store.Inbox.ReadAsync(Now, 1_000, Cancellation);
        Assert.Equal(entries.Where((_, i) => i is not (3 or 7 or 9 or 50)).OrderBy(e => e.Id), left.OrderBy(e => e.Id));
        Clock.Advance(TimeSpan.FromSeconds(5));
        var putOff = Assert.Single(await Store.Inbox.ReadAsync(Now, 1_000, Cancellation), e => e.Tries == 1);
        Assert.Equal(entries[7] with { Tries = 1, ReceivedAt = received }, putOff);
        await Store.Inbox.DropAsync(Ids(entries), Cancellation);
        Assert.Empty(await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 1_000, Cancellation));
    }

    [Fact]
    public async Task A_large_batch_of_which_nothing_is_known_yet_is_put_off_whole()
    {
        await Store.Inbox.AppendAsync([.. Receipts(40)], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 1_000, Cancellation);

        await Store.Inbox.PutOffAsync(Ids(entries), Now.AddSeconds(5), Cancellation);

        Assert.Empty(await Store.Inbox.ReadAsync(Now, 1_000, Cancellation));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(entries.Select(e => e with { Tries = 1 }).OrderBy(e => e.Id), (await Store.Inbox.ReadAsync(Now, 1_000, Cancellation)).OrderBy(e => e.Id));
    }

    [Fact]
    public async Task A_large_batch_is_consumed_with_the_changes_it_caused()
    {
        await Store.Inbox.AppendAsync([.. Receipts(30)], Now, Cancellation);
        await Store.Inbox.AppendAsync([.. Receipts(3)], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 1_000, Cancellation);

        await Store.Recipients.TransitionAsync([], Ids(entries.Take(32)), Cancellation);

        Assert.Equal([entries[32]], await Store.Inbox.ReadAsync(Now, 1_000, Cancellation));
    }

    [Fact]
    public async Task Eight_nodes_that_settle_one_large_batch_each_in_part_leave_nothing_and_take_nothing_twice()
    {
        await Store.Inbox.AppendAsync([.. Receipts(400)], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 1_000, Cancellation);

        // Each takes what the others leave and a little more; some put off what others take.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(node => Task.Run(
            async () =>
            {
                var own = entries.Where((_, i) => i % 8 == node && i < 392).ToList();
                await Store.Inbox.PutOffAsync(Ids(own.Take(5)), Now.AddDays(1), Cancellation);
                await Store.Inbox.DropAsync(Ids(own.Concat(entries.Take(20))), Cancellation);
            },
            Cancellation)));

        Assert.Equal(
            entries.Skip(392).OrderBy(e => e.Id), (await Store.Inbox.ReadAsync(DateTimeOffset.MaxValue, 1_000, Cancellation)).OrderBy(e => e.Id));
    }

    [Fact]
    public async Task Single_entries_and_large_batches_are_read_oldest_first()
    {
        for (var i = 0; i < 4; i++)
        {
            await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Sent, $"single-{i}")], Now, Cancellation);
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 20).Select(k => Some.Receipt(Clock, ReceiptStatus.Sent, $"batch-{i}-{k}"))], Now, Cancellation);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var two = await Store.Inbox.ReadAsync(Now, 45, Cancellation);
        var few = await Store.Inbox.ReadAsync(Now, 2, Cancellation);

        Assert.Equal(
            [.. Enumerable.Range(0, 2).SelectMany(i => (string[])[$"single-{i}", .. Enumerable.Range(0, 20).Select(k => $"batch-{i}-{k}")]), "single-2"],
            Messages(two).Take(43));
        Assert.Equal("single-0", Messages(few)[0]);
        await Store.Inbox.DropAsync([few[0].Id], Cancellation);
        Assert.Equal(["batch-0-0", "batch-0-1"], Messages(await Store.Inbox.ReadAsync(Now, 2, Cancellation)));
    }

    [Fact]
    public async Task What_is_put_off_comes_back_at_its_instant_with_its_tries_counted()
    {
        await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Sent)], Now, Cancellation);
        var received = Now;
        var id = Assert.Single(await Store.Inbox.ReadAsync(Now, 10, Cancellation)).Id;

        await Store.Inbox.PutOffAsync([id, long.MaxValue], Now.AddSeconds(5), Cancellation);

        Assert.Empty(await Store.Inbox.ReadAsync(Now.AddSeconds(5).AddTicks(-1), 10, Cancellation));
        var entry = Assert.Single(await Store.Inbox.ReadAsync(Now.AddSeconds(5), 10, Cancellation));
        Assert.Equal((id, received, 1), (entry.Id, entry.ReceivedAt, entry.Tries));
    }

    [Fact]
    public async Task What_is_put_off_does_not_stand_in_the_way_of_what_is_due()
    {
        await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 5).Select(i => Some.Receipt(Clock, ReceiptStatus.Sent, $"{i}"))], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 10, Cancellation);
        await Store.Inbox.PutOffAsync([.. entries.Take(3).Select(e => e.Id)], Now.AddDays(1), Cancellation);

        Assert.Equal(entries.Skip(3).Select(e => e.Id), (await Store.Inbox.ReadAsync(Now, 2, Cancellation)).Select(e => e.Id));
    }

    [Fact]
    public async Task What_is_dropped_is_gone()
    {
        await Store.Inbox.AppendAsync([Some.Receipt(Clock, ReceiptStatus.Sent, "1"), Some.Receipt(Clock, ReceiptStatus.Sent, "2")], Now, Cancellation);
        var entries = await Store.Inbox.ReadAsync(Now, 10, Cancellation);

        await Store.Inbox.DropAsync([entries[0].Id, long.MaxValue], Cancellation);

        Assert.Equal([entries[1]], await Store.Inbox.ReadAsync(Now, 10, Cancellation));
    }

    [Fact]
    public async Task Eight_webhooks_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => Store.Inbox.AppendAsync([.. Enumerable.Range(0, 50).Select(k => Some.Receipt(Clock, ReceiptStatus.Sent, $"{i}/{k}"))], Now, Cancellation), Cancellation)));

        var messages = (await Store.Inbox.ReadAsync(Now, 1_000, Cancellation)).Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId);
        Assert.Equal(400, messages.Distinct().Count());
    }

    private IEnumerable<InboundEvent> Receipts(int count) => Enumerable.Range(0, count).Select(i => Some.Receipt(Clock, ReceiptStatus.Sent, $"{i}"));

    private static long[] Ids(IEnumerable<InboxEntry> entries) => [.. entries.Select(e => e.Id)];

    private static List<string> Messages(IEnumerable<InboxEntry> entries) => [.. entries.Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId)];
}
