using StackExchange.Redis;

namespace FlowDispatch.Redis.Connection;

/// <summary>Tells other processes that there is something for nodes to do. A hint: it may be lost, and then nodes find out by looking.</summary>
internal sealed class News(RedisConnection connection, TimeProvider time)
{
    private RedisChannel Channel => RedisChannel.Literal(connection.Shared.Append("news").ToString());

    public async Task TellAsync()
    {
        var open = await connection.OpenAsync().ConfigureAwait(false);
        await open.GetSubscriber().PublishAsync(Channel, RedisValue.EmptyString, CommandFlags.FireAndForget).ConfigureAwait(false);
    }

    /// <summary>Calls <paramref name="wake"/> at all news until it is cancelled; StackExchange.Redis subscribes anew after a broken connection.</summary>
    public async Task ListenAsync(Action wake, CancellationToken cancellationToken)
    {
        var subscriber = (await connection.OpenAsync().ConfigureAwait(false)).GetSubscriber();
        var heard = await subscriber.SubscribeAsync(Channel).ConfigureAwait(false);
        heard.OnMessage(_ => wake());
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await heard.UnsubscribeAsync(CommandFlags.FireAndForget).ConfigureAwait(false);
        }
    }
}
