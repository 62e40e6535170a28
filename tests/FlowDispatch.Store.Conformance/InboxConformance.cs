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
        Assert.Equal(entries.Select(e => e.Id).Order().Distinct(), entries.Select(e => e.Id));
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
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Inbox.ReadAsync(Now, 5_001, Cancellation));
    }

    [Fact]
    public async Task Five_thousand_are_read_at_once_in_the_order_they_came()
    {
        await Store.Inbox.AppendAsync([.. Enumerable.Range(0, 5_003).Select(i => Some.Receipt(Clock, ReceiptStatus.Sent, $"{i}"))], Now, Cancellation);

        var entries = await Store.Inbox.ReadAsync(Now, 5_000, Cancellation);

        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"{i}"), entries.Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId));
        await Store.Inbox.DropAsync([.. entries.Select(e => e.Id)], Cancellation);
        Assert.Equal(3, (await Store.Inbox.ReadAsync(Now, 5_000, Cancellation)).Count);
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
}
