using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using FlowDispatch.Tracking;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Tests.Tracking;

public sealed class InboxWriterTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SlowInbox _inbox;
    private readonly InboxWriter _writer;

    public InboxWriterTests()
    {
        _inbox = new(new InMemoryStore(_clock).Inbox);
        _writer = new(_inbox, WorkQueue.ThreadPool, _clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_while_a_write_is_under_way_is_written_together()
    {
        var first = AppendAsync("first");
        var others = Enumerable.Range(0, 50).Select(i => AppendAsync($"{i}")).ToList();
        Assert.Equal([1], _inbox.Writes);

        _inbox.Answer();
        await first;
        await _inbox.BegunAsync(2);
        Assert.DoesNotContain(others, o => o.IsCompleted);
        _inbox.Answer();
        await Task.WhenAll(others);

        Assert.Equal([1, 50], _inbox.Writes);
        Assert.Equal(["first", .. Enumerable.Range(0, 50).Select(i => $"{i}")], await _inbox.KeptAsync());
    }

    [Fact]
    public async Task One_that_can_not_be_kept_fails_alone()
    {
        var first = AppendAsync("first");
        var good = AppendAsync("good");
        var poison = AppendAsync(SlowInbox.Refused);
        var better = AppendAsync("better");

        _inbox.AnswerAll();
        await Task.WhenAll(first, good, better);

        await Assert.ThrowsAsync<InvalidDataException>(() => poison);
        Assert.Equal(["better", "first", "good"], (await _inbox.KeptAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_gives_up_takes_nobody_along()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var first = AppendAsync("first");
        var leader = _writer.AppendAsync([Receipt("leader")], leaving.Token);
        var follower = _writer.AppendAsync([Receipt("follower")], leaving.Token);
        var other = AppendAsync("other");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower);
        _inbox.AnswerAll();
        await Task.WhenAll(first, leader, other);

        Assert.Equal(["first", "leader", "follower", "other"], await _inbox.KeptAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _writer.AppendAsync([Receipt("late")], leaving.Token));
    }

    [Fact]
    public async Task A_write_that_gets_no_answer_holds_others_up_for_a_second_at_most()
    {
        var stuck = AppendAsync("stuck");
        var next = AppendAsync("next");
        Assert.Equal([1], _inbox.Writes);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await _inbox.BegunAsync(2);
        _inbox.AnswerLatest();
        await next;

        Assert.False(stuck.IsCompleted);
        _inbox.Answer();
        await stuck;
    }

    [Fact]
    public async Task A_write_takes_no_more_than_a_store_does()
    {
        var first = AppendAsync("first");
        var large = Enumerable.Range(0, 3).Select(_ => _writer.AppendAsync([.. Enumerable.Range(0, 6_000).Select(i => Receipt($"{i}"))], Cancellation)).ToList();

        _inbox.AnswerAll();
        await Task.WhenAll([first, .. large]);

        Assert.Equal([1, 6_000, 6_000, 6_000], _inbox.Writes);
    }

    private Task AppendAsync(string message) => _writer.AppendAsync([Receipt(message)], Cancellation);

    private InboundEvent.Receipt Receipt(string message) => new() { ChannelId = "line", At = _clock.GetUtcNow(), ProviderMessageId = message, Status = ReceiptStatus.Sent };

    /// <summary>An inbox that answers when it is told to, and keeps no event of one name.</summary>
    private sealed class SlowInbox(IInboxStore inner) : IInboxStore
    {
        public const string Refused = "refused";

        private readonly Lock _gate = new();
        private readonly List<TaskCompletionSource> _writes = [];
        private readonly List<int> _sizes = [];
        private TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _answering;

        public IReadOnlyList<int> Writes
        {
            get
            {
                lock (_gate)
                {
                    return [.. _sizes];
                }
            }
        }

        public async Task BegunAsync(int count)
        {
            while (true)
            {
                Task next;
                lock (_gate)
                {
                    if (_sizes.Count >= count)
                    {
                        return;
                    }

                    next = _begun.Task;
                }

                await next.WaitAsync(Cancellation);
            }
        }

        public void Answer() => End(_writes.FindIndex(w => !w.Task.IsCompleted));

        public void AnswerLatest() => End(_writes.Count - 1);

        public void AnswerAll()
        {
            lock (_gate)
            {
                _answering = true;
                _writes.ForEach(w => w.TrySetResult());
            }
        }

        public async Task<IReadOnlyList<string>> KeptAsync() =>
            [.. (await inner.ReadAsync(DateTimeOffset.MaxValue, 40_000, Cancellation)).Select(e => ((InboundEvent.Receipt)e.Event).ProviderMessageId)];

        public async Task AppendAsync(IReadOnlyList<InboundEvent> events, DateTimeOffset now, CancellationToken cancellationToken = default)
        {
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _sizes.Add(events.Count);
                _writes.Add(answer);
                if (_answering)
                {
                    answer.SetResult();
                }

                _begun.SetResult();
                _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await answer.Task.WaitAsync(cancellationToken);
            if (events.Any(e => e is InboundEvent.Receipt { ProviderMessageId: Refused }))
            {
                throw new InvalidDataException();
            }

            await inner.AppendAsync(events, now, cancellationToken);
        }

        public Task<IReadOnlyList<InboxEntry>> ReadAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(now, limit, cancellationToken);

        public Task PutOffAsync(IReadOnlyList<long> entries, DateTimeOffset until, CancellationToken cancellationToken = default) =>
            inner.PutOffAsync(entries, until, cancellationToken);

        public Task DropAsync(IReadOnlyList<long> entries, CancellationToken cancellationToken = default) => inner.DropAsync(entries, cancellationToken);

        private void End(int place)
        {
            lock (_gate)
            {
                _writes[place].SetResult();
            }
        }
    }
}
