using System.Collections.Concurrent;
using FlowDispatch.Contacts;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>What the suites can't ask of every store: several stores, as processes have them, at work on one file at once.</summary>
public sealed class TwoProcessesTests : StoreConformance<SqliteStoreFixture>
{
    [Fact]
    public async Task Stores_on_one_file_share_the_work_and_the_counters_agree()
    {
        var execution = await RunningAsync(400, sliceSize: 10);
        var stores = new List<IStore> { Store };
        for (var i = 0; i < 3; i++)
        {
            await ReopenAsync();
            stores.Add(Store);
        }

        var sent = new ConcurrentBag<int>();
        await Task.WhenAll(stores.Select(store => Task.Run(
            async () =>
            {
                var lease = (await store.Claims.LeaseAsync(execution.Number, "node", 5, Lease, Cancellation))!;
                while (await store.Claims.ClaimAsync(lease, 10, cancellationToken: Cancellation) is { Count: > 0 } items)
                {
                    Assert.True(await store.Claims.CommitAsync(lease, new() { Number = NextCommit(), Marks = [.. items.Select(i => i.Recipient.Id.Ordinal)] }, Cancellation));
                    items.ToList().ForEach(i => sent.Add(i.Recipient.Id.Ordinal));
                    Assert.True(await store.Claims.CommitAsync(lease, new() { Number = NextCommit(), Changes = [.. items.Select(i => Accepted(i))] }, Cancellation));
                }
            },
            Cancellation)));

        Assert.Equal(Enumerable.Range(0, 400), sent.Order());
        Assert.Equal(400, (await ConsistentAsync(execution)).Rows.Sent);
    }

    [Fact]
    public async Task Stores_on_one_file_create_each_number_once()
    {
        var stores = new List<IStore> { Store };
        await ReopenAsync();
        stores.Add(Store);

        var results = await Task.WhenAll(stores.Select(store => Task.Run(
            () => store.Contacts.UpsertAsync(Some.Organization, [.. Enumerable.Range(0, 200).Select(Some.Upsert)], ContactUpdateMode.Fill, false, Cancellation), Cancellation)));

        Assert.Equal(200, results.SelectMany(r => r).Count(r => r.Created));
    }

    [Fact]
    public async Task A_stream_that_is_read_slowly_does_not_hold_the_writer_up()
    {
        var execution = await RunningAsync(1_500);
        await using var stream = Store.Recipients.StreamAsync(Some.Organization, execution.Id, RecipientFilter.All, cancellationToken: Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await stream.MoveNextAsync());

        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        await CommitAsync(lease, items.Select(i => Accepted(i)));

        var rows = new List<RecipientStatus> { stream.Current.Status };
        while (await stream.MoveNextAsync())
        {
            rows.Add(stream.Current.Status);
        }

        Assert.Equal(1_500, rows.Count);
        Assert.Equal(RecipientStatus.Sent, rows[^1]);
    }
}
