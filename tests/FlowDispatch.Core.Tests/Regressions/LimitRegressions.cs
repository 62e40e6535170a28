using FlowDispatch.Core.Tests.Dispatching;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;

namespace FlowDispatch.Core.Tests.Regressions;

/// <summary>Known mistakes of the field about limits, each by its name, against the whole engine.</summary>
public sealed class LimitRegressions
{
    // Waiting rate / 3600 seconds between two messages, instead of 3600 / rate, sends ever more slowly the more is allowed.
    [Theory]
    [InlineData(60, 60)]
    [InlineData(360, 10)]
    [InlineData(3_600, 1)]
    [InlineData(36_000, 0.1)]
    public async Task A_rate_is_not_turned_upside_down(int rate, double seconds)
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(10);
        await host.StartAsync();

        await host.UntilAsync(await host.BeginAsync(EngineHost.Settings(s => s with { RateLimitPerHour = rate })), ExecutionStatus.Completed);

        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, seconds - 0.001, (seconds * 3_601 / 3_600) + 0.001));
    }

    // A limit that each worker keeps for itself is a limit times the workers.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task A_limit_is_not_multiplied_by_the_number_of_workers(int workers)
    {
        await using var host = await HostAsync(100, workers);

        await host.UntilAsync(await host.BeginAsync(EngineHost.Settings(s => s with { RateLimitPerHour = 3_600, MaxConcurrentExecutions = 500 })), ExecutionStatus.Completed);

        Assert.Equal(100, host.HandedOver.Count);
        Assert.InRange((host.HandedOver[^1].At - host.HandedOver[0].At).TotalSeconds, 99 * 1.0002, 99 * 1.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task The_most_at_once_are_not_multiplied_by_the_number_of_workers(int workers)
    {
        await using var host = await HostAsync(200, workers);
        host.Slow(TimeSpan.FromSeconds(1));

        await host.UntilAsync(await host.BeginAsync(EngineHost.Settings(s => s with { MaxConcurrentExecutions = 7 })), ExecutionStatus.Completed);

        Assert.Equal(200, host.HandedOver.Count);
        Assert.Equal(7, host.Sender.MostActive);
    }

    // "Slow down" is the provider's way to say that nothing is wrong with the message.
    [Fact]
    public async Task A_throttle_is_not_counted_as_a_failure()
    {
        await using var host = await HostAsync(20, 2);
        host.Sender.Answer = (message, _) => Task.FromResult(
            host.HandedOver.Count(h => h.Message.To == message.To) <= 2 ? new SendResult.Throttled("130429", TimeSpan.FromSeconds(5)) : RecordingSender.Accept(message));

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { MaxRetries = 0, RetryFailed = false }));
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(new ExecutionCounters { Total = 20, Sent = 20, Completed = 20 }, (await host.ReadAsync(execution)).Counters);
        Assert.All(await host.RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Sent, 1, null), (r.Status, r.Attempts, r.ErrorCode)));
        Assert.Empty(await host.Store.Executions.CountErrorsAsync(execution.Id, EngineHost.Cancellation));
    }

    private static async Task<EngineHost> HostAsync(int people, int workers)
    {
        var host = new EngineHost();
        await host.PeopleAsync(people);
        for (var i = 0; i < workers; i++)
        {
            await host.StartAsync();
        }

        return host;
    }
}
