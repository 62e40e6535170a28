using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Sending;
using FlowDispatch.Testing.Sending;

namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>The whole engine under a rate: what leaves, and when, over all nodes.</summary>
public sealed class PacingTests
{
    // A node waits whole milliseconds, so a message may leave one after its permit.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_rate_of_18000_an_hour_is_one_message_every_200_ms(int nodes)
    {
        await using var host = await HostAsync(200, nodes);

        await RunAsync(host, s => s with { RateLimitPerHour = 18_000 });

        // (3600 + 1) s / 18,000, the second being as long as a permit holds.
        var spacing = TimeSpan.FromMilliseconds(200.0556);
        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.Equal(200, times.Count);
        Assert.All(times.Index(), t => Assert.InRange(t.Item - times[0] - (t.Index * spacing), -Rounding, Rounding));
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(18_000)]
    [InlineData(18_950)] // each turn comes up while the last permit of the channel that was taken for the one before it is about to end
    [InlineData(24_000)]
    public async Task A_channel_faster_than_the_hour_costs_none_of_its_messages(int perHour)
    {
        await using var host = await HostAsync(200, 1, perSecond: 80);

        await RunAsync(host, s => s with { RateLimitPerHour = perHour });

        var spacing = TimeSpan.FromSeconds(3_601) / perHour;
        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.All(times.Index(), t => Assert.InRange(t.Item - times[0] - (t.Index * spacing), -Rounding, Rounding));
    }

    [Fact]
    public async Task Who_loses_the_channels_turn_to_a_slow_write_leaves_the_hours_to_the_next()
    {
        await using var host = await HostAsync(1_000, 1, perSecond: 80);
        host.Climate.Latency = TimeSpan.FromMilliseconds(20); // 40 for a call: of about every fifth message the channel's turn ends before its mark is written

        await RunAsync(host, s => s with { RateLimitPerHour = 18_000 });

        var times = host.HandedOver.Select(h => h.At).ToList();
        AssertNever(times, (61 * 18_000 / 3_601) + 1, TimeSpan.FromMinutes(1));
        Assert.InRange((times[^1] - times[0]) / (TimeSpan.FromSeconds(3_601) / 18_000 * 999), 0.995, 1.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_slow_sender_changes_nothing_about_the_pace(int nodes)
    {
        await using var host = await HostAsync(120, nodes);
        host.Slow(TimeSpan.FromSeconds(1.7));

        await RunAsync(host, s => s with { RateLimitPerHour = 18_000 });

        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.All(times.Index(), t => Assert.InRange(t.Item - times[0] - (t.Index * TimeSpan.FromMilliseconds(200.0556)), -Rounding, Rounding));
    }

    [Fact]
    public async Task Who_comes_later_shares_a_slow_run_too()
    {
        await using var host = new EngineHost();
        await host.PeopleAsync(50);
        await host.StartAsync(OfTwo);
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { RateLimitPerHour = 18_000, MaxConcurrentExecutions = 50 }));
        await host.PassAsync(TimeSpan.FromSeconds(1));

        await host.StartAsync(OfTwo);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        // The first holds the people of 5 s when the second comes, which leaves half of all.
        Assert.InRange(host.HandedOver.Count(h => h.Node == host.Nodes[1]), 12, 25);

        static void OfTwo(FlowDispatchOptions options)
        {
            EngineHost.Idle(options);
            options.Node.LeaseDuration = TimeSpan.FromSeconds(5);
            options.Node.MaxConcurrency = 25;
        }
    }

    [Theory]
    [InlineData(1, 100, 160)]
    [InlineData(2, 100, 160)]
    [InlineData(8, 100, 130)]
    [InlineData(1, 3_600, 600)]
    [InlineData(8, 3_600, 600)]
    [InlineData(8, 360_000, 4_000)]
    public async Task No_rolling_hour_holds_more_than_the_rate_over_all_nodes_retries_included(int nodes, int rate, int people)
    {
        await using var host = await HostAsync(people, nodes);
        host.Climate.Interleaved = 0.1;
        host.Sender.Answer = (message, _) => Task.FromResult(
            message is { To: [.., '0' or '3' or '6'], AttemptId.Number: 1 } ? new SendResult.Failed("131000", "Busy.") : RecordingSender.Accept(message));

        await RunAsync(host, s => s with { RateLimitPerHour = rate, MaxConcurrentExecutions = 500 });

        // Permits are (3600 + 1) s / rate apart, and each may be used up to a second late: so no hour holds more, and no minute either.
        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.Equal(people * 13 / 10, times.Count);
        AssertNever(times, rate, TimeSpan.FromHours(1));
        AssertNever(times, (61 * rate / 3_601) + 1, TimeSpan.FromMinutes(1));

        // And it is used: while there is enough to send, none of it is left lying.
        var busy = times.Take(people * 9 / 10).ToList();
        Assert.InRange((busy[^1] - busy[0]) / (TimeSpan.FromHours(1) / rate * (busy.Count - 1)), 0.995, 1.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task No_rolling_second_holds_more_than_the_channel_takes_over_all_nodes_and_automations(int nodes)
    {
        await using var host = await HostAsync(150, nodes, perSecond: 10);
        var first = await host.BeginAsync(EngineHost.Settings());
        await host.PassAsync(TimeSpan.FromSeconds(3));

        var second = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(first, ExecutionStatus.Completed);
        await host.UntilAsync(second, ExecutionStatus.Completed);

        var times = host.HandedOver.Select(h => h.At).ToList();
        Assert.Equal(300, times.Count);
        AssertNever(times, 10, TimeSpan.FromSeconds(1));
        Assert.InRange((times[^1] - times[0]).TotalSeconds, 299 * 0.11 - 0.1, 299 * 0.11 * 1.25);
    }

    [Fact]
    public async Task Who_is_not_sent_to_before_the_run_expires_is_skipped()
    {
        await using var host = await HostAsync(30, 1);

        var execution = await RunAsync(host, s => s with { RateLimitPerHour = 3_600, ExpiresAfter = TimeSpan.FromSeconds(10) });

        var counters = (await host.ReadAsync(execution)).Counters;
        Assert.Equal((10, 20), (counters.Sent, counters.Skipped));
        Assert.True(host.HandedOver[^1].At < execution.CreatedAt + TimeSpan.FromSeconds(10));
    }

    private static async Task<EngineHost> HostAsync(int people, int nodes, int? perSecond = null)
    {
        var host = new EngineHost(perSecond: perSecond);
        await host.PeopleAsync(people);
        for (var i = 0; i < nodes; i++)
        {
            await host.StartAsync(EngineHost.Idle);
        }

        return host;
    }

    private static async Task<Execution> RunAsync(EngineHost host, Func<AutomationSettings, AutomationSettings> settings)
    {
        var execution = await host.BeginAsync(EngineHost.Settings(settings));
        await host.UntilAsync(execution, ExecutionStatus.Completed, TimeSpan.FromHours(6));
        await host.AssertConsistentAsync(execution);
        return execution;
    }

    /// <summary>No half-open span of that length holds more than the limit.</summary>
    private static void AssertNever(List<DateTimeOffset> times, int limit, TimeSpan span) =>
        Assert.All(times.Zip(times.Skip(limit)), pair => Assert.True(pair.Second - pair.First >= span, $"{limit + 1} within {pair.Second - pair.First} from {pair.First:O}."));
}
