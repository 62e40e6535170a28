using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Nodes;

public sealed class NewsListenerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task News_wake_the_node_and_listening_begins_again_after_a_failure()
    {
        var clock = new FakeTimeProvider();
        var store = new TellingStore(clock);
        var signal = new NodeSignal(WorkQueue.ThreadPool);
        using var listener = new NewsListener(store, new(), signal, WorkQueue.ThreadPool, clock, NullLogger<NewsListener>.Instance);
        await listener.StartAsync(Cancellation);

        (await store.Asked.ReadAsync(Cancellation)).SetException(new InvalidOperationException("The connection broke."));
        while (!store.Asked.TryPeek(out _))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await store.Asked.ReadAsync(Cancellation);
        store.Wake!();
        await signal.Control.WaitAsync(Timeout.InfiniteTimeSpan, clock, Cancellation);
        await listener.StopAsync(Cancellation);
    }

    private sealed class TellingStore(TimeProvider time) : IStore, IStoreSignals
    {
        private readonly System.Threading.Channels.Channel<TaskCompletionSource> _asked = System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource>();
        private readonly InMemoryStore _inner = new(time);

        public System.Threading.Channels.ChannelReader<TaskCompletionSource> Asked => _asked.Reader;

        public Action? Wake { get; private set; }

        public IContactStore Contacts => _inner.Contacts;

        public IUploadStore Uploads => _inner.Uploads;

        public IFlowStore Flows => _inner.Flows;

        public IAutomationStore Automations => _inner.Automations;

        public IExecutionStore Executions => _inner.Executions;

        public IRecipientStore Recipients => _inner.Recipients;

        public IClaimStore Claims => _inner.Claims;

        public ILimitStore Limits => _inner.Limits;

        public IInboxStore Inbox => _inner.Inbox;

        public IReceiverStore Receivers => _inner.Receivers;

        public IRetentionStore Retention => _inner.Retention;

        public Task MigrateAsync(CancellationToken cancellationToken = default) => _inner.MigrateAsync(cancellationToken);

        public Task<string?> CheckAsync(CancellationToken cancellationToken = default) => _inner.CheckAsync(cancellationToken);

        public async Task ListenAsync(Action wake, CancellationToken cancellationToken)
        {
            Wake = wake;
            var ending = new TaskCompletionSource();
            await _asked.Writer.WriteAsync(ending, cancellationToken);
            await ending.Task.WaitAsync(cancellationToken);
        }
    }
}
