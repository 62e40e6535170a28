using FlowDispatch.Redis.Automations;
using FlowDispatch.Redis.Claims;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Contacts;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Redis.Flows;
using FlowDispatch.Redis.Inbox;
using FlowDispatch.Redis.Limits;
using FlowDispatch.Redis.Receivers;
using FlowDispatch.Redis.Recipients;
using FlowDispatch.Redis.Retention;
using FlowDispatch.Redis.Uploads;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis;

/// <summary>The store on Redis. What must change together lies in one slot, and changes in one script.</summary>
internal sealed class RedisStore : IStore, IStoreSignals, IAsyncDisposable, IDisposable
{
    private readonly RedisConnection connection;
    private readonly News news;

    public RedisStore(RedisStoreOptions options, TimeProvider time)
    {
        connection = new(options, time);
        news = new(connection, time);
        var heads = new ExecutionHeads(connection);
        var open = new OpenExecutions(connection);
        var channels = new ChannelIndex(connection, heads);
        Contacts = new RedisContactStore(connection);
        Uploads = new RedisUploadStore(connection);
        Flows = new RedisFlowStore(connection);
        Automations = new RedisAutomationStore(connection, heads);
        Executions = new RedisExecutionStore(connection, heads, open, channels, news);
        Recipients = new RedisRecipientStore(connection, heads, channels);
        Claims = new RedisClaimStore(connection, heads, open, channels);
        Limits = new RedisLimitStore(connection);
        Inbox = new RedisInboxStore(connection);
        Receivers = new RedisReceiverStore(connection);
        Retention = new RedisRetentionStore(connection, heads, channels);
    }

    public IContactStore Contacts { get; }

    public IUploadStore Uploads { get; }

    public IFlowStore Flows { get; }

    public IAutomationStore Automations { get; }

    public IExecutionStore Executions { get; }

    public IRecipientStore Recipients { get; }

    public IClaimStore Claims { get; }

    public ILimitStore Limits { get; }

    public IInboxStore Inbox { get; }

    public IReceiverStore Receivers { get; }

    public IRetentionStore Retention { get; }

    public Task MigrateAsync(CancellationToken cancellationToken = default) => RedisLayout.MigrateAsync(connection);

    public async Task<string?> CheckAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await RedisLayout.CheckAsync(connection).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return $"Redis can't be reached: {error.Message}";
        }
    }

    public Task ListenAsync(Action wake, CancellationToken cancellationToken) => news.ListenAsync(wake, cancellationToken);

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    public void Dispose() => connection.Dispose();
}
