using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Redis.Tests;

public sealed class NewsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_process_hears_of_a_start_once_it_can_be_read()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        var options = new RedisStoreOptions { Configuration = (await SharedServers.Single).Configuration, KeyPrefix = "news:" };
        await using var here = new RedisStore(options, clock);
        await using var there = new RedisStore(options, clock);
        await here.MigrateAsync(Cancellation);
        var heard = new TaskCompletionSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = there.ListenAsync(() => heard.TrySetResult(), stop.Token);

        // The subscription may be made a moment after it was asked for, and news before it are lost.
        while (!heard.Task.IsCompleted)
        {
            await Arrange.RunningAsync(here, clock, 1, Cancellation);
            await Task.WhenAny(heard.Task, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation));
        }

        Assert.NotEmpty((await there.Claims.ReadControlAsync(0, Cancellation)).Executions);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }
}
