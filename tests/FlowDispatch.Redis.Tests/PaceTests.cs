using FlowDispatch.Storage.InMemory;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Redis.Tests;

/// <summary>The rule of paces runs in Lua here: it must answer as the one in C#, to the tick.</summary>
public sealed class PaceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Permits_fall_on_the_same_ticks_as_in_memory(int seed)
    {
        var random = new Random(seed); // not for secrets: the same seed must make the same moves
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567));
        await using var store = new RedisStore(new() { Configuration = (await SharedServers.Single).Configuration, KeyPrefix = $"pace{seed}:" }, clock);
        var memory = new InMemoryStore(clock);
        for (var step = 0; step < 300; step++)
        {
            var key = $"bucket {random.Next(2)}";
            if (random.Next(5) == 0)
            {
                var until = clock.GetUtcNow().AddTicks(random.NextInt64(-10_000_000, 100_000_000));
                await memory.Limits.HoldAsync(key, until, Cancellation);
                await store.Limits.HoldAsync(key, until, Cancellation);
            }
            else
            {
                var spacing = TimeSpan.FromTicks(random.NextInt64(1, random.Next(2) == 0 ? 3_000_000 : TimeSpan.TicksPerHour));
                var (count, horizon) = (random.Next(1, 20), TimeSpan.FromTicks(random.NextInt64(0, 200_000_000)));
                var expected = await memory.Limits.TakeAsync(key, spacing, count, horizon, Cancellation);

                var granted = await store.Limits.TakeAsync(key, spacing, count, horizon, Cancellation);

                Assert.Equal(expected.Permits, granted.Permits);
                Assert.Equal((expected.NextAt, expected.Now), (granted.NextAt, granted.Now));
            }

            clock.Advance(TimeSpan.FromTicks(random.NextInt64(0, 30_000_000)));
        }
    }
}
