using FlowDispatch.Recipients;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Senders that pass on waits no provider can mean.</summary>
public sealed class StrangeWaitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wait_beyond_the_calendar_holds_up_nobody_else(bool throttled)
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(5);
        await host.StartAsync();
        var first = true;
        host.Sender.Answer = (message, _) =>
        {
            var strange = first;
            first = false;
            return Task.FromResult(
                !strange ? RecordingSender.Accept(message)
                : throttled ? new SendResult.Throttled("x", TimeSpan.MaxValue)
                : new SendResult.Failed("x", "y", TimeSpan.MaxValue));
        };
        var execution = await host.BeginAsync(EngineHost.Settings());
        var began = host.Clock.GetUtcNow();

        await host.PassAsync(TimeSpan.FromMinutes(5));

        var rows = await host.RecipientsAsync(execution);
        Assert.Equal(4, rows.Count(r => r.Status == RecipientStatus.Sent));
        var waiting = Assert.Single(rows, r => r.Status == RecipientStatus.Pending);
        Assert.InRange(waiting.NextAttemptAt!.Value - began, TimeSpan.FromDays(throttled ? 1 : 366), TimeSpan.FromDays(throttled ? 1 : 366) + TimeSpan.FromMinutes(1));
        await host.AssertConsistentAsync(execution);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.001)]
    public async Task A_pause_that_names_no_time_is_a_second(double seconds)
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(1);
        await host.StartAsync();
        host.Sender.Answer = (message, _) => Task.FromResult<SendResult>(new SendResult.Throttled("x", TimeSpan.FromSeconds(seconds)));
        var execution = await host.BeginAsync(EngineHost.Settings());

        await host.PassAsync(TimeSpan.FromSeconds(10));

        Assert.InRange(host.HandedOver.Count, 5, 11);
        Assert.Equal(0, (await host.RecipientsAsync(execution))[0].Attempts);
    }
}
