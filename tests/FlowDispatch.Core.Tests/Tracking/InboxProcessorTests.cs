using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlowDispatch.Tests.Tracking;

public sealed class InboxProcessorTests
{
    [Fact]
    public async Task What_matches_nobody_yet_is_kept_and_settled_once_it_does()
    {
        var run = await TrackedRun.StartAsync();
        await run.HandOverAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Read) with { AttemptId = null }, run.Reply("Oi"));
        Assert.Equal(2, await run.WaitingAsync());
        await run.AcceptAsync();

        Assert.Equal(0, await run.SettleAsync());
        run.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, await run.SettleAsync());

        Assert.Equal(0, await run.WaitingAsync());
        Assert.Equal((RecipientStatus.Replied, true), ((await run.RowAsync()).Status, (await run.RowAsync()).ReadAt is not null));
    }

    [Fact]
    public async Task What_matches_nobody_is_tried_ever_more_rarely_for_a_week_and_then_dropped()
    {
        var run = await TrackedRun.StartAsync();
        await run.HearAsync(run.Receipt(ReceiptStatus.Read) with { AttemptId = null, ProviderMessageId = "unknown" });

        var tries = 0;
        for (var second = 0; second < 7 * 24 * 3600 - 5; second += 5)
        {
            run.Clock.Advance(TimeSpan.FromSeconds(5));
            tries += await run.SettleAsync();
        }

        Assert.Equal(1, await run.WaitingAsync());
        Assert.InRange(tries, 100, 250);
        run.Clock.Advance(TimeSpan.FromHours(1));
        await run.SettleAsync();
        Assert.Equal(0, await run.WaitingAsync());
    }

    [Fact]
    public async Task An_unknown_channel_settles_nothing_and_is_kept()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();

        await run.HearAsync(run.Receipt(ReceiptStatus.Read) with { ChannelId = "gone" });

        Assert.Equal((RecipientStatus.Sent, 1), ((await run.RowAsync()).Status, await run.WaitingAsync()));
    }

    [Fact]
    public async Task A_round_is_at_most_thirty_two_thousand_and_says_how_many_it_read()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        foreach (var part in Enumerable.Repeat<InboundEvent>(run.Receipt(ReceiptStatus.Read), 32_200).Chunk(10_000))
        {
            await run.Store.Inbox.AppendAsync(part, run.Clock.GetUtcNow(), run.Cancellation);
        }

        Assert.Equal(32_000, await run.SettleAsync());
        Assert.Equal(200, await run.SettleAsync());
        Assert.Equal(0, await run.SettleAsync());
    }

    [Fact]
    public async Task A_large_round_settles_everything_once_and_what_one_person_writes_in_its_order()
    {
        var numbers = Enumerable.Range(0, 100).Select(i => $"55119888{i:00000}").ToArray();
        var run = await TrackedRun.StartAsync(numbers: numbers);
        await run.SendAsync();
        var told = Enumerable.Range(0, 4).SelectMany(_ => Enumerable.Range(0, 100).SelectMany(person => (InboundEvent[])
        [
            run.Receipt(ReceiptStatus.Read, ordinal: person),
            run.Reply("Oi", numbers[person], $"first-{person}"),
            run.Receipt(ReceiptStatus.Delivered, ordinal: person),
            run.Reply("Olá", numbers[person], $"second-{person}"),
            run.Receipt(ReceiptStatus.Sent, ordinal: person),
        ]));
        await run.Store.Inbox.AppendAsync([.. told], run.Clock.GetUtcNow(), run.Cancellation);

        Assert.Equal(2_000, await run.SettleAsync());

        Assert.Equal(0, await run.WaitingAsync());
        var counters = await run.CountersAsync();
        Assert.Equal((100, 100, 100), (counters.Delivered, counters.Read, counters.Replied));
        for (var person = 0; person < 100; person++)
        {
            var replies = (await run.HistoryAsync(person)).Where(e => e.Kind == RecipientEventKind.Replied).Select(e => e.ProviderMessageId!);
            Assert.Equal([$"first-{person}", $"second-{person}"], replies);
        }
    }

    [Fact]
    public async Task What_receipts_of_a_round_tell_of_a_person_is_one_change()
    {
        var run = await TrackedRun.StartAsync(numbers: [.. Enumerable.Range(0, 300).Select(i => $"55119888{i:00000}")]);
        await run.SendAsync();
        var told = Enumerable.Range(0, 300).SelectMany(person => (InboundEvent[])
        [
            run.Receipt(ReceiptStatus.Read, ordinal: person),
            run.Receipt(ReceiptStatus.Sent, ordinal: person),
            run.Receipt(ReceiptStatus.Delivered, ordinal: person),
            run.Receipt(ReceiptStatus.Delivered, ordinal: person),
        ]).ToArray();
        new Random(1).Shuffle(told);
        await run.Store.Inbox.AppendAsync(told, run.Clock.GetUtcNow(), run.Cancellation);
        var store = new RefusingStore(run.Store);
        var processor = new InboxProcessor(store, Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance);

        Assert.Equal(1_200, await processor.RunOnceAsync(run.Cancellation));

        Assert.Equal((300, 0), (store.Transitions, await run.WaitingAsync()));
        Assert.Equal((300, 300), ((await run.CountersAsync()).Delivered, (await run.CountersAsync()).Read));
        for (var person = 0; person < 300; person++)
        {
            var row = await run.RowAsync(person);
            Assert.True(row is { Status: RecipientStatus.Read, SentAt: not null, DeliveredAt: not null, ReadAt: not null });
        }
    }

    [Fact]
    public async Task What_was_written_before_its_entries_could_be_taken_away_counts_once()
    {
        var numbers = Enumerable.Range(0, 100).Select(i => $"55119888{i:00000}").ToArray();
        var run = await TrackedRun.StartAsync(numbers: numbers);
        await run.SendAsync();
        var told = Enumerable.Range(0, 8).SelectMany(time => Enumerable.Range(0, 100).SelectMany(person => (InboundEvent[])
        [
            run.Receipt(ReceiptStatus.Delivered, ordinal: person),
            run.Reply("Oi", numbers[person], $"reply-{person}-{time}"),
        ]));
        await run.Store.Inbox.AppendAsync([.. told], run.Clock.GetUtcNow(), run.Cancellation);
        var store = new RefusingStore(run.Store) { FailingDrops = 1 };
        var processor = new InboxProcessor(store, Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance);

        Assert.Equal(1_600, await processor.RunOnceAsync(run.Cancellation));

        Assert.Equal((0, 0), (store.FailingDrops, await run.WaitingAsync()));
        Assert.Equal((100, 100), ((await run.CountersAsync()).Delivered, (await run.CountersAsync()).Replied));
        for (var person = 0; person < 100; person++)
        {
            Assert.Equal(8, (await run.HistoryAsync(person)).Count(e => e.Kind == RecipientEventKind.Replied));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_reply_that_another_node_settles_meanwhile_is_noted_once(int people)
    {
        var numbers = Enumerable.Range(0, people).Select(i => $"55119888{i:00000}").ToArray();
        var run = await TrackedRun.StartAsync(numbers: numbers);
        await run.SendAsync();
        await run.Store.Inbox.AppendAsync([.. numbers.Select((n, i) => run.Reply("Oi", n, $"reply-{i}"))], run.Clock.GetUtcNow(), run.Cancellation);

        // Between what one node looked up and what it writes, the other settles the same.
        var store = new RefusingStore(run.Store) { BeforeFirstWrite = async () => Assert.Equal(people, await run.SettleAsync()) };
        var processor = new InboxProcessor(store, Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance);
        Assert.Equal(people, await processor.RunOnceAsync(run.Cancellation));

        Assert.Equal((people, 0), ((await run.CountersAsync()).Replied, await run.WaitingAsync()));
        for (var person = 0; person < people; person++)
        {
            Assert.Single(await run.HistoryAsync(person), e => e.Kind == RecipientEventKind.Replied);
        }
    }

    [Fact]
    public async Task A_poisonous_entry_of_a_large_round_stops_nobody_beside_it_either()
    {
        var run = await TrackedRun.StartAsync(numbers: [.. Enumerable.Range(0, 100).Select(i => $"55119888{i:00000}")]);
        await run.SendAsync();
        var events = Enumerable.Range(0, 1_500).Select(i => (InboundEvent)run.Receipt(ReceiptStatus.Delivered, ordinal: i % 100)).ToList();
        events.Insert(700, run.Receipt((ReceiptStatus)99, ordinal: 4));
        await run.Store.Inbox.AppendAsync(events, run.Clock.GetUtcNow(), run.Cancellation);
        var processor = new InboxProcessor(
            new RefusingStore(run.Store), Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance);

        Assert.Equal(1_501, await processor.RunOnceAsync(run.Cancellation));

        Assert.Equal(100, (await run.CountersAsync()).Delivered);
        Assert.Equal(1, await run.WaitingAsync());
    }

    [Fact]
    public async Task A_poisonous_entry_does_not_stop_the_others()
    {
        var run = await TrackedRun.StartAsync(numbers: [.. Enumerable.Range(0, 9).Select(i => $"551198888777{i}")]);
        await run.SendAsync();
        var events = Enumerable.Range(0, 9).Select(i => (InboundEvent)run.Receipt(ReceiptStatus.Delivered, ordinal: i)).ToList();
        events.Insert(4, run.Receipt((ReceiptStatus)99, ordinal: 4));
        await run.Store.Inbox.AppendAsync(events, run.Clock.GetUtcNow(), run.Cancellation);
        var processor = new InboxProcessor(
            new RefusingStore(run.Store), Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance);

        Assert.Equal(10, await processor.RunOnceAsync(run.Cancellation));

        Assert.Equal(9, (await run.CountersAsync()).Delivered);
        Assert.Equal(1, await run.WaitingAsync());
    }

    [Fact]
    public async Task Without_a_store_the_round_ends_and_everything_is_kept()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.Store.Inbox.AppendAsync([.. Enumerable.Repeat(run.Receipt(ReceiptStatus.Read), 100)], run.Clock.GetUtcNow(), run.Cancellation);
        var down = new RefusingStore(run.Store) { Down = true };
        var processor = new InboxProcessor(down, Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance);

        await Assert.ThrowsAsync<IOException>(() => processor.RunOnceAsync(run.Cancellation));

        Assert.InRange(down.Calls, 1, 20);
        Assert.Equal(100, await run.WaitingAsync());
    }

    [Fact]
    public async Task A_node_whose_rounds_fail_leaves_the_turn_to_another()
    {
        var run = await TrackedRun.StartAsync();
        await run.SendAsync();
        await run.Store.Inbox.AppendAsync([.. Enumerable.Repeat(run.Receipt(ReceiptStatus.Read), 10)], run.Clock.GetUtcNow(), run.Cancellation);
        var down = new RefusingStore(run.Store) { Down = true };
        var failing = new InboxTurn(
            down, new(down, Matcher(run), new(run.Store.Executions), new(), run.Clock, new Random(1), new(null), NullLogger.Instance), new(run.Clock), run.Clock);
        var other = new InboxTurn(run.Store, run.Processor, new(run.Clock), run.Clock);

        await Assert.ThrowsAsync<IOException>(() => failing.RunOnceAsync(run.Cancellation));

        Assert.Equal(10, await other.RunOnceAsync(run.Cancellation));
        Assert.Equal(0, await failing.RunOnceAsync(run.Cancellation));
    }

    private static InboxMatcher Matcher(TrackedRun run) => new(run.Store, new(run.Store.Executions), [run.Directory], NullLogger.Instance);

    /// <summary>A store that refuses to write a receipt of an unknown status, or, while it is down, anything at all; something may come before its first write.</summary>
    private sealed class RefusingStore(IStore inner) : IStore, IRecipientStore, IInboxStore
    {
        public bool Down { get; init; }

        public int Calls { get; private set; }

        public int FailingDrops { get; set; }

        public int Transitions { get; private set; }

        public Func<Task>? BeforeFirstWrite { get; set; }

        public IContactStore Contacts => inner.Contacts;

        public IUploadStore Uploads => inner.Uploads;

        public IFlowStore Flows => inner.Flows;

        public IAutomationStore Automations => inner.Automations;

        public IExecutionStore Executions => inner.Executions;

        public IRecipientStore Recipients => this;

        public IClaimStore Claims => inner.Claims;

        public ILimitStore Limits => inner.Limits;

        public IInboxStore Inbox => this;

        public IReceiverStore Receivers => inner.Receivers;

        public IRetentionStore Retention => inner.Retention;

        public Task MigrateAsync(CancellationToken cancellationToken = default) => inner.MigrateAsync(cancellationToken);

        public Task<string?> CheckAsync(CancellationToken cancellationToken = default) => inner.CheckAsync(cancellationToken);

        public async Task<int> TransitionAsync(
            IReadOnlyList<RecipientTransition> transitions, IReadOnlyList<long> consumedInbox, CancellationToken cancellationToken = default)
        {
            Refuse();
            Transitions += transitions.Count;
            if (BeforeFirstWrite is { } first)
            {
                BeforeFirstWrite = null;
                await first();
            }

            return await inner.Recipients.TransitionAsync(
                [.. transitions.Select(t => new RecipientTransition(t.Recipient, s => t.Decide(s) is { } change && change.After.Reached > Milestone.Replied ? throw new InvalidDataException() : t.Decide(s)))],
                consumedInbox,
                cancellationToken);
        }

        public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default)
        {
            Refuse();
            return inner.Inbox.PutOffAsync(entries, until, cancellationToken);
        }

        public Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default) =>
            inner.Inbox.AppendAsync(events, now, cancellationToken);

        public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default) =>
            inner.Inbox.ReadAsync(now, limit, cancellationToken);

        public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default)
        {
            if (FailingDrops == 0)
            {
                return inner.Inbox.DropAsync(entries, cancellationToken);
            }

            FailingDrops--;
            throw new IOException("The store is away.");
        }

        public Task<Recipient?> FindAsync(string organizationId, RecipientId id, CancellationToken cancellationToken = default) =>
            inner.Recipients.FindAsync(organizationId, id, cancellationToken);

        public Task<IReadOnlyList<RecipientEvent>> ReadHistoryAsync(RecipientId id, CancellationToken cancellationToken = default) =>
            inner.Recipients.ReadHistoryAsync(id, cancellationToken);

        public Task<IReadOnlyDictionary<RecipientId, IReadOnlyList<RecipientEvent>>> FindEventsAsync(
            IReadOnlyCollection<RecipientId> recipients, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default) =>
            inner.Recipients.FindEventsAsync(recipients, providerMessageIds, cancellationToken);

        public Task<Page<Recipient>> ListAsync(
            string organizationId, ExecutionId execution, RecipientFilter filter, PageRequest page, CancellationToken cancellationToken = default) =>
            inner.Recipients.ListAsync(organizationId, execution, filter, page, cancellationToken);

        public IAsyncEnumerable<Recipient> StreamAsync(
            string organizationId, ExecutionId execution, RecipientFilter filter, int? after = null, CancellationToken cancellationToken = default) =>
            inner.Recipients.StreamAsync(organizationId, execution, filter, after, cancellationToken);

        public Task<IReadOnlyList<PendingCount>> CountPendingAsync(string organizationId, ExecutionId execution, CancellationToken cancellationToken = default) =>
            inner.Recipients.CountPendingAsync(organizationId, execution, cancellationToken);

        public Task<IReadOnlyDictionary<string, FoundRecipient>> FindByMessageAsync(
            string channelId, IReadOnlyCollection<string> providerMessageIds, CancellationToken cancellationToken = default) =>
            inner.Recipients.FindByMessageAsync(channelId, providerMessageIds, cancellationToken);

        public Task<IReadOnlyDictionary<ContactId, IReadOnlyList<DateTimeOffset>>> FindUncappedAsync(
            string channelId, IReadOnlyCollection<ContactId> contacts, DateTimeOffset after, CancellationToken cancellationToken = default) =>
            inner.Recipients.FindUncappedAsync(channelId, contacts, after, cancellationToken);

        public Task<IReadOnlyDictionary<ContactId, FoundRecipient>> FindLatestAsync(
            string channelId, IReadOnlyCollection<ContactId> contacts, CancellationToken cancellationToken = default) =>
            inner.Recipients.FindLatestAsync(channelId, contacts, cancellationToken);

        private void Refuse()
        {
            Calls++;
            if (Down)
            {
                throw new IOException("The store is down.");
            }
        }
    }
}
