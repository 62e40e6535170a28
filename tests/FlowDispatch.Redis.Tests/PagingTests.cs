using FlowDispatch.Store.Conformance;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Redis.Tests;

public sealed class PagingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_rows_are_paged_through_without_leaving_anybody_out()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
        await using var store = new RedisStore(new() { Configuration = (await SharedServers.Single).Configuration, KeyPrefix = "paging:" }, clock);
        await store.MigrateAsync(Cancellation);
        var execution = await Arrange.RunningAsync(store, clock, 100_000, Cancellation);

        var (seen, cursor) = (0, (string?)null);
        do
        {
            var page = await store.Recipients.ListAsync(Some.Organization, execution.Id, Storage.RecipientFilter.All, new(500, Cursor: cursor), Cancellation);
            Assert.Equal(100_000, page.Total);
            Assert.Equal(Enumerable.Range(seen, page.Items.Count), page.Items.Select(r => r.Id.Ordinal));
            seen += page.Items.Count;
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(100_000, seen);
    }
}
