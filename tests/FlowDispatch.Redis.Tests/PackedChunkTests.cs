using System.Globalization;
using System.Text;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Tracking;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Tests;

/// <summary>Chunks that one commit closed whole are one value each, and whoever reads or writes their rows notices nothing of it.</summary>
public sealed class PackedChunkTests : LookedIntoTest
{
    private const int Chunk = 25;

    [Fact]
    public async Task Whole_chunks_are_packed_and_read_as_any_others()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, (2 * Chunk) + 10, Cancellation);
        await SendAsync(await MarkAsync(execution), Sent);

        Assert.Equal(["m:2", "r:0", "r:1"], Rows(execution));
        var rows = await RowsAsync(execution);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"wamid.{i}"), rows.Select(r => r.ProviderMessageId));
        Assert.All(rows, r => Assert.True(r is { Status: RecipientStatus.Sent, Open: false, Attempts: 1 } && r.SentAt == Clock.GetUtcNow()));
        var found = await Store.Recipients.FindByMessageAsync(Some.Channel, ["wamid.7", "wamid.55"], Cancellation);
        Assert.Equal([7, 55], found.OrderBy(f => f.Value.Id.Ordinal).Select(f => f.Value.Id.Ordinal));
        await ConsistentAsync(execution, sent: 60, delivered: 0);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
    }

    [Fact]
    public async Task A_receipt_opens_its_chunk_and_changes_nobody_else()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 2 * Chunk, Cancellation);
        await SendAsync(await MarkAsync(execution), Sent);
        var before = await RowsAsync(execution);

        await DeliverAsync(execution, [3]);

        Assert.Equal(["m:0", "r:1"], Rows(execution));
        var rows = await RowsAsync(execution);
        Assert.Equal(RecipientStatus.Delivered, rows[3].Status);
        Assert.Equal(before.Where(r => r.Id.Ordinal != 3).Select(Some.Text), rows.Where(r => r.Id.Ordinal != 3).Select(Some.Text));
        Assert.Equal("wamid.3", rows[3].ProviderMessageId);
        await ConsistentAsync(execution, sent: 50, delivered: 1);

        await DeliverAsync(execution, [.. Enumerable.Range(0, 50)]);
        Assert.Equal(["m:0", "m:1"], Rows(execution));
        await ConsistentAsync(execution, sent: 50, delivered: 50);
    }

    [Fact]
    public async Task Receipts_for_all_and_for_some_of_a_chunk_at_once_lose_nothing()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 8 * Chunk, Cancellation);
        await SendAsync(await MarkAsync(execution), Sent);
        await using var other = new RedisStore(new() { Configuration = (await SharedServers.Single).Configuration, KeyPrefix = Prefix }, Clock);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            async () =>
            {
                var store = i % 2 == 0 ? Store : other;
                var status = i < 4 ? ReceiptStatus.Delivered : ReceiptStatus.Read;
                for (var part = 0; part < 4; part++)
                {
                    var ordinals = Enumerable.Range(0, 200).Where(o => i % 4 != 3 || o % 4 == part).ToList();
                    await ClimbAsync(store, execution, status, ordinals);
                }
            },
            Cancellation)));

        Assert.All(await RowsAsync(execution), r => Assert.True(r is { Status: RecipientStatus.Read, DeliveredAt: not null, ReadAt: not null }));
        await ConsistentAsync(execution, sent: 200, delivered: 200);
    }

    [Fact]
    public async Task Somebody_of_a_packed_chunk_who_is_due_again_is_claimed_alone()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, Chunk, Cancellation);
        var marked = await MarkAsync(execution);
        await SendAsync(marked, Sent);
        await Store.Claims.ReleaseAsync(marked.Lease, Cancellation);

        await Store.Recipients.TransitionAsync(
            [.. Enumerable.Range(0, Chunk).Select(o => new RecipientTransition(
                RecipientId.Create(execution.Number, o, execution.CreatedAt),
                s => o == 9 ? RecipientRules.Defer(s.Recipient with { Open = true }, Clock.GetUtcNow(), ReasonCodes.Retry) : Delivered(s)))],
            [],
            Cancellation);

        Assert.Equal(["m:0"], Rows(execution));
        var (_, items) = await ClaimAsync(execution);
        Assert.Equal(9, Assert.Single(items).Recipient.Id.Ordinal);
        Assert.Equal(24, (await RowsAsync(execution)).Count(r => r.Status == RecipientStatus.Delivered));

        RecipientChange? Delivered(RecipientSituation situation) => TrackingRules.Climb(
            situation, Some.Receipt(Clock, ReceiptStatus.Delivered, situation.Recipient.ProviderMessageId!), 1, Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_chunk_in_which_a_receipt_was_faster_keeps_the_receipt_and_every_outcome()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 2 * Chunk, Cancellation);
        var marked = await MarkAsync(execution);
        await DeliverAsync(execution, [7]);

        await SendAsync(marked, Sent);

        Assert.Equal(["m:0", "r:1"], Rows(execution));
        var rows = await RowsAsync(execution);
        Assert.All(rows, r => Assert.True(r is { Open: false, Attempts: 1 } && r.Reached == (r.Id.Ordinal == 7 ? Milestone.Delivered : Milestone.Sent)));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"wamid.{i}"), rows.Select(r => r.ProviderMessageId));
        await ConsistentAsync(execution, sent: 50, delivered: 1);
    }

    [Fact]
    public async Task A_lease_that_ends_leaves_in_doubt_only_whose_outcome_is_in_no_chunk()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 3 * Chunk, Cancellation);
        var (lease, items) = await MarkAsync(execution);
        await SendAsync((lease, [.. items.Take(30)]), Sent);
        Assert.Equal(["m:1", "r:0"], Rows(execution));

        Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));

        var rows = await RowsAsync(execution);
        Assert.All(rows, r => Assert.Equal(r.Id.Ordinal < 30 ? RecipientStatus.Sent : RecipientStatus.InDoubt, r.Status));
        await ConsistentAsync(execution, sent: 30, delivered: 0);
    }

    [Fact]
    public async Task Nobody_of_a_packed_chunk_is_claimed_again()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 3 * Chunk, Cancellation);
        var (lease, items) = await ClaimAsync(execution);
        Assert.True(await Store.Claims.CommitAsync(lease, new() { Number = 1, Marks = [.. items.Take(Chunk).Select(i => i.Recipient.Id.Ordinal)] }, Cancellation));
        await SendAsync((lease, [.. items.Take(Chunk)]), Sent);
        await Store.Claims.ReleaseAsync(lease, Cancellation);

        var (_, again) = await ClaimAsync(execution);

        Assert.Equal(["r:0"], Rows(execution));
        Assert.Equal(Enumerable.Range(Chunk, 2 * Chunk), again.Select(i => i.Recipient.Id.Ordinal));
    }

    [Fact]
    public async Task Texts_of_any_length_come_back()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 2 * Chunk, Cancellation);
        await SendAsync(await MarkAsync(execution), row => row.Id.Ordinal < Chunk
            ? RecipientRules.Fail(row, 1, "131026", Long(row.Id.Ordinal * 20), Clock.GetUtcNow(), retryAt: null)
            : RecipientRules.Accept(row, 1, Long(row.Id.Ordinal * 10), Clock.GetUtcNow(), Some.End));

        Assert.Equal(["r:0", "r:1"], Rows(execution));
        Assert.All(await RowsAsync(execution), row =>
        {
            if (row.Id.Ordinal < Chunk)
            {
                Assert.Equal((RecipientStatus.Failed, Long(row.Id.Ordinal * 20), null), (row.Status, row.ErrorMessage, row.ProviderMessageId));
            }
            else
            {
                Assert.Equal((RecipientStatus.Sent, null, Long(row.Id.Ordinal * 10)), (row.Status, row.ErrorMessage, row.ProviderMessageId));
            }
        });

        static string Long(int length) => string.Create(CultureInfo.InvariantCulture, $"{length}:{new string('ã', length)}");
    }

    [Fact]
    public async Task Of_an_erased_person_in_a_packed_chunk_nothing_tells_and_everybody_else_stays()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, Chunk, Cancellation);
        await SendAsync(await MarkAsync(execution), Sent);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        var before = await RowsAsync(execution);

        await ForgottenPerson.AskAsync(Store, Clock, r => r.EraseContactAsync(Some.Organization, before[4].ContactId, Cancellation));

        var rows = await RowsAsync(execution);
        Assert.Null(rows[4].ProviderMessageId);
        Assert.NotEqual(before[4].PhoneNumber, rows[4].PhoneNumber);
        Assert.Equal(before.Where(r => r.Id.Ordinal != 4).Select(Some.Text), rows.Where(r => r.Id.Ordinal != 4).Select(Some.Text));
        Assert.Equal(["m:0"], Rows(execution));
        foreach (var (field, value) in (await Redis.GetDatabase().HashGetAllAsync($"{Prefix}{{{execution.Number}}}:i:0")).Select(e => (e.Name, e.Value)))
        {
            Assert.NotEqual("wamid.4", Encoding.UTF8.GetString((byte[])value!));
            Assert.NotEqual("4", field.ToString());
        }
    }

    [Fact]
    public async Task Nothing_is_left_of_packed_chunks_that_are_pruned()
    {
        var execution = await Arrange.RunningAsync(Store, Clock, 2 * Chunk, Cancellation);
        var marked = await MarkAsync(execution);
        await SendAsync(marked, Sent);
        await Store.Claims.ReleaseAsync(marked.Lease, Cancellation);
        Assert.True(await Store.Claims.TryCloseAsync(execution.Number, Cancellation));
        Clock.Advance(TimeSpan.FromDays(2));

        await ForgottenPerson.AskAsync(Store, Clock, r => r.PruneExecutionsAsync(TimeSpan.FromDays(1), cancellationToken: Cancellation));

        Assert.Empty(Redis.GetServers()[0].Keys(pattern: $"{Prefix}{{{execution.Number}}}:*"));
        Assert.Empty(Redis.GetServers()[0].Keys(pattern: $"{Prefix}{{c:*"));
    }

    private RecipientChange Sent(Recipient row) =>
        RecipientRules.Accept(row, 1, string.Create(CultureInfo.InvariantCulture, $"wamid.{row.Id.Ordinal}"), Clock.GetUtcNow(), Some.End);

    private async Task<(DispatchLease Lease, IReadOnlyList<WorkItem> Items)> ClaimAsync(Execution execution)
    {
        var lease = (await Store.Claims.LeaseAsync(execution.Number, "node", 500, TimeSpan.FromMinutes(1), Cancellation))!;
        return (lease, await Store.Claims.ClaimAsync(lease, 500, cancellationToken: Cancellation));
    }

    private async Task<(DispatchLease Lease, IReadOnlyList<WorkItem> Items)> MarkAsync(Execution execution)
    {
        var (lease, items) = await ClaimAsync(execution);
        Assert.True(await Store.Claims.CommitAsync(lease, new() { Number = 1, Marks = [.. items.Select(i => i.Recipient.Id.Ordinal)] }, Cancellation));
        return (lease, items);
    }

    private async Task SendAsync((DispatchLease Lease, IReadOnlyList<WorkItem> Items) marked, Func<Recipient, RecipientChange> decide) =>
        Assert.True(await Store.Claims.CommitAsync(
            marked.Lease, new() { Number = 2, Follows = 1, Changes = [.. marked.Items.Select(i => new ClaimedChange(i.Recipient, decide))] }, Cancellation));

    private Task DeliverAsync(Execution execution, IReadOnlyList<int> ordinals) => ClimbAsync(Store, execution, ReceiptStatus.Delivered, ordinals);

    private async Task ClimbAsync(RedisStore store, Execution execution, ReceiptStatus status, IReadOnlyList<int> ordinals) => await store.Recipients.TransitionAsync(
        [.. ordinals.Select(o => new RecipientTransition(
            RecipientId.Create(execution.Number, o, execution.CreatedAt),
            s => TrackingRules.Climb(s, Some.Receipt(Clock, status, $"wamid.{o}"), 1, Clock.GetUtcNow())))],
        [],
        Cancellation);

    private async Task<IReadOnlyList<Recipient>> RowsAsync(Execution execution) =>
        (await Store.Recipients.ListAsync(Some.Organization, execution.Id, RecipientFilter.All, new(500), Cancellation)).Items;

    private async Task ConsistentAsync(Execution execution, int sent, int delivered)
    {
        var audit = (await Store.Executions.AuditAsync(Some.Organization, execution.Id, Cancellation))!;
        Assert.True(audit.Consistent);
        Assert.Equal((sent, delivered), (audit.Rows.Sent, audit.Rows.Delivered));
    }

    // Where the execution's rows lie.
    private IEnumerable<string> Rows(Execution execution)
    {
        var root = $"{Prefix}{{{execution.Number}}}:";
        return Redis.GetServers()[0].Keys(pattern: root + "[mr]:*").Select(k => k.ToString()[root.Length..]).Order(StringComparer.Ordinal);
    }
}
