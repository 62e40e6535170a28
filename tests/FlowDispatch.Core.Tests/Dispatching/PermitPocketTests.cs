using FlowDispatch.Limits;
using FlowDispatch.Storage;
using FlowDispatch.Storage.InMemory;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Dispatching;

public sealed class PermitPocketTests
{
    [Fact]
    public async Task A_permit_that_was_not_used_in_time_is_void()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var pocket = PermitPocket.PerHour(new InMemoryStore(clock).Limits, "automation:1", 18_000, clock);
        Assert.NotNull(await pocket.TakeAsync(TestContext.Current.CancellationToken));

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.False((await pocket.TakeAsync(TestContext.Current.CancellationToken))!.Value.IsVoid(clock));
    }

    [Fact]
    public async Task A_permit_is_good_between_the_latest_beginning_and_the_earliest_end_that_the_stores_answer_allows()
    {
        var stores = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var nodes = new FakeTimeProvider(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var slow = new SlowLimits(new InMemoryStore(stores).Limits, () => nodes.Advance(TimeSpan.FromMilliseconds(40)));
        var pocket = PermitPocket.PerSecond(slow, "channel:1", 10, nodes);

        var permit = (await pocket.TakeAsync(TestContext.Current.CancellationToken))!.Value;

        // Given somewhere within the 80 ms that have passed: good from now at the latest, void 100 ms after the question at the earliest.
        Assert.Equal(TimeSpan.Zero, permit.DueIn(nodes));
        nodes.Advance(TimeSpan.FromMilliseconds(19));
        Assert.False(permit.IsVoid(nodes));
        nodes.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(permit.IsVoid(nodes));
    }

    // The store looked at its clock half-way: 40 ms after the question, 40 ms before the answer.
    private sealed class SlowLimits(ILimitStore limits, Action wait) : ILimitStore
    {
        public async Task<PermitGrant> TakeAsync(string key, TimeSpan spacing, int count, TimeSpan horizon, CancellationToken cancellationToken = default)
        {
            wait();
            var grant = await limits.TakeAsync(key, spacing, count, horizon, cancellationToken);
            wait();
            return grant;
        }

        public Task HoldAsync(string key, DateTimeOffset until, CancellationToken cancellationToken = default) => limits.HoldAsync(key, until, cancellationToken);

        public Task<DateTimeOffset?> CountAsync(string key, string holder, int count, TimeSpan period, CancellationToken cancellationToken = default) => limits.CountAsync(key, holder, count, period, cancellationToken);

        public Task<IReadOnlyDictionary<string, DateTimeOffset>> PeekAsync(
            IReadOnlyCollection<string> keys, int count, TimeSpan period, CancellationToken cancellationToken = default) => limits.PeekAsync(keys, count, period, cancellationToken);

        public Task UncountAsync(string key, string holder, CancellationToken cancellationToken = default) => limits.UncountAsync(key, holder, cancellationToken);
    }
}
