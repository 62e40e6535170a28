using FlowDispatch.Limits;
using FlowDispatch.Storage.InMemory;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Dispatching;

public sealed class PermitPocketTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(18_000)]
    [InlineData(1_000_000)]
    public async Task No_rolling_hour_holds_more_than_the_rate_however_many_nodes_ask(int rate)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var store = new InMemoryStore(clock);
        var nodes = Enumerable.Range(0, 3).Select(_ => PermitPocket.PerHour(store.Limits, "automation:1", rate, clock)).ToList();
        var permits = new List<DateTimeOffset>();
        var step = TimeSpan.FromHours(1.0 / rate / 2);
        for (var turn = 0; turn < 2_000; turn++)
        {
            if (await nodes[turn % 3].TakeAsync(TestContext.Current.CancellationToken) is { } permit)
            {
                permits.Add(permit);
            }

            clock.Advance(step);
        }

        // A permit may be used up to a second late: the spacing leaves room for that second in every hour.
        permits.Sort();
        Assert.True(permits.Count > 100);
        Assert.All(permits.Zip(permits.Skip(1)), pair => Assert.True(pair.Second - pair.First >= (TimeSpan.FromHours(1) + PermitPocket.HourValidity) / rate - TimeSpan.FromTicks(1)));
    }

    [Fact]
    public async Task A_permit_that_was_not_used_in_time_is_void()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var pocket = PermitPocket.PerHour(new InMemoryStore(clock).Limits, "automation:1", 18_000, clock);
        Assert.NotNull(await pocket.TakeAsync(TestContext.Current.CancellationToken));

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.True(await pocket.TakeAsync(TestContext.Current.CancellationToken) > clock.GetUtcNow() - PermitPocket.HourValidity);
    }
}
