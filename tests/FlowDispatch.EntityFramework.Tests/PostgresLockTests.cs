using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using FlowDispatch.Store.Conformance;
using FlowDispatch.Tracking;
using Npgsql;

namespace FlowDispatch.EntityFramework.Tests;

/// <summary>Work that waits in the middle, on a row that somebody else holds, and what comes behind it or is written meanwhile.</summary>
public sealed class PostgresLockTests : StoreConformance<PostgresStoreFixture>
{
    [Fact]
    public async Task Whoever_ends_a_lease_waits_for_the_commit_under_it()
    {
        var execution = await RunningAsync(40);
        var (lease, items) = await MarkedAsync(execution);
        await using var receipt = await HoldAsync(items[20]);

        var commit = CommitAsync(lease, items.Select(i => Accepted(i)));
        await WaitingAsync(1);
        var release = Store.Claims.ReleaseAsync(lease, Cancellation);
        await WaitingAsync(2);
        await receipt.DisposeAsync();

        Assert.True(await commit);
        await release;
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal((RecipientStatus.Sent, 1), (r.Status, r.Attempts)));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task A_commit_is_made_behind_the_one_that_it_follows_though_nothing_else_holds_it_up()
    {
        var execution = await RunningAsync(40);
        var (lease, items) = await MarkedAsync(execution);
        await using var receipt = await HoldAsync(items[0]);

        var first = new DispatchCommit { Number = NextCommit(), Follows = 1, Changes = [.. items.Take(20).Select(i => Accepted(i))] };
        var second = new DispatchCommit { Number = NextCommit(), Follows = first.Number, Changes = [.. items.Skip(20).Select(i => Accepted(i))] };
        var made = Store.Claims.CommitAsync(lease, first, Cancellation);
        await WaitingAsync(1);
        var behind = Store.Claims.CommitAsync(lease, second, Cancellation);
        await WaitingAsync(2);
        Assert.All(await RecipientsAsync(execution), r => Assert.Equal(RecipientStatus.Sending, r.Status));
        await receipt.DisposeAsync();

        Assert.True(await made);
        Assert.True(await behind);
        Assert.Equal(40, (await ConsistentAsync(execution)).Rows.Sent);
    }

    [Fact]
    public async Task Nobody_is_marked_while_a_receipt_that_waited_for_the_commit_before_decides_what_becomes_of_them()
    {
        var execution = await RunningAsync(1);
        var (lease, items) = await MarkedAsync(execution);
        var id = items[0].Recipient.Id;

        // The first message is accepted and the next one is due at once, while a report that the first failed waits for the row.
        await using var other = await HoldAsync(items[0]);
        var outcome = CommitAsync(lease, Accepted(items[0], new RunStep.Send("offer")));
        await WaitingAsync(1);
        var report = Deciding(id, s => TrackingRules.Fail(s, Some.Receipt(Clock, ReceiptStatus.Failed, $"wamid.{id}"), 1, Some.Nodes, _ => Now));
        await WaitingAsync(2);
        await other.DisposeAsync();
        Assert.True(await outcome);
        await report.Begun;

        Assert.Empty(await ClaimAsync(lease));
        report.Go();
        Assert.Equal(1, await report.Changed);
        var again = Assert.Single(await ClaimAsync(lease));
        Assert.Equal((RecipientStatus.Pending, 1, ReasonCodes.Retry), (again.Recipient.Status, again.Recipient.Attempts, again.Recipient.WaitingReason));
        Assert.True(await MarkAsync(lease, again));
    }

    [Fact]
    public async Task Nobody_is_claimed_while_a_commit_that_waited_for_two_receipts_decides_what_becomes_of_them()
    {
        var execution = await RunningAsync(1);
        var (lease, items) = await MarkedAsync(execution);
        var id = items[0].Recipient.Id;
        var claimed = new List<WorkItem>();
        var decisions = 0;
        var outcome = Accepted(items[0]);

        // The first one changes the row, so that the commit looks anew, and the second one puts it into the queue while it does.
        var first = Deciding(id, s => TrackingRules.Climb(s, Some.Receipt(Clock, ReceiptStatus.Delivered), 1, Now));
        await first.Begun;
        var commit = CommitAsync(lease, outcome with
        {
            Decide = row =>
            {
                if (++decisions == 2)
                {
                    claimed.AddRange(Store.Claims.ClaimAsync(lease, 10, ClaimScope.Due, cancellationToken: Cancellation).GetAwaiter().GetResult());
                }

                return outcome.Decide(row);
            },
        });
        await WaitingAsync(1);
        var second = Deciding(id, s => new() { After = s.Recipient with { NextAttemptAt = Now, Open = true }, DueAt = Now });
        await WaitingAsync(2);
        first.Go();
        await second.Begun;
        await WaitingAsync(1);
        second.Go();

        Assert.True(await commit);
        Assert.Equal((2, 1, 1), (decisions, await first.Changed, await second.Changed));
        Assert.Empty(claimed);
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task Whom_a_receipt_puts_into_the_queue_while_the_lease_is_ended_is_not_in_doubt()
    {
        var execution = await RunningAsync(1);
        var (lease, items) = await MarkedAsync(execution);
        var id = items[0].Recipient.Id;
        var failed = Deciding(
            id, s => TrackingRules.Fail(s, Some.Receipt(Clock, ReceiptStatus.Failed) with { ErrorCode = "131000" }, 1, Some.Nodes, _ => Now.AddMinutes(1)));
        await failed.Begun;

        var release = Store.Claims.ReleaseAsync(lease, Cancellation);
        await WaitingAsync(1);
        failed.Go();
        Assert.Equal(1, await failed.Changed);
        await release;

        var row = await FindAsync(id);
        Assert.Equal((RecipientStatus.Pending, 1, Now.AddMinutes(1)), (row.Status, row.Attempts, row.NextAttemptAt));
        await ConsistentAsync(execution);
    }

    [Fact]
    public async Task A_lease_that_ends_while_its_renewal_waits_is_not_renewed_and_its_slots_are_given_once()
    {
        var automation = await AutomationAsync(Some.Settings() with { MaxConcurrentExecutions = 10 });
        var execution = await RunningAsync(20, automation: automation);
        var lease = await LeaseAsync(execution, slots: 10);

        // As a commit that takes those before it in.
        await using var commit = await HoldAsync("SELECT 1 FROM fd_leases FOR NO KEY UPDATE");
        Clock.Advance(Lease - TimeSpan.FromSeconds(1));
        var renewal = Store.Claims.RenewAsync([lease.Token], Lease, Cancellation);
        await WaitingAsync(1);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var other = Store.Claims.LeaseAsync(execution.Number, "other", 10, Lease, Cancellation);
        await WaitingAsync(2);
        await commit.DisposeAsync();

        Assert.Empty(await renewal);
        Assert.Equal(10, (await other)?.Slots);
        Assert.Equal(1, await Store.Claims.RecoverAsync(Cancellation));
    }

    [Fact]
    public async Task Slots_that_a_renewal_keeps_while_they_are_counted_are_given_to_nobody_else()
    {
        var automation = await AutomationAsync(Some.Settings() with { MaxConcurrentExecutions = 10 });
        var execution = await RunningAsync(20, automation: automation);
        await LeaseAsync(execution, slots: 10);

        // As a renewal that is not committed yet.
        await using var renewal = await HoldAsync($"UPDATE fd_leases SET until = until + {Lease.Ticks} RETURNING 1", commits: true);
        Clock.Advance(Lease);
        var other = Store.Claims.LeaseAsync(execution.Number, "other", 10, Lease, Cancellation);
        await WaitingAsync(1);
        await renewal.DisposeAsync();

        Assert.Null(await other);
    }

    private async Task<(DispatchLease Lease, IReadOnlyList<WorkItem> Items)> MarkedAsync(Execution execution)
    {
        var lease = await LeaseAsync(execution);
        var items = await ClaimAsync(lease);
        Assert.True(await MarkAsync(lease, items));
        return (lease, items);
    }

    private Task<IAsyncDisposable> HoldAsync(WorkItem item) =>
        HoldAsync($"SELECT 1 FROM fd_recipients WHERE key = {PackedKey.Of(item.Recipient.Id.ExecutionNumber, item.Recipient.Id.Ordinal)} FOR UPDATE");

    // Until it is disposed of.
    private async Task<IAsyncDisposable> HoldAsync(string sql, bool commits = false)
    {
        var connection = new NpgsqlConnection($"{Fixture.Connection};Pooling=false");
        await connection.OpenAsync(Cancellation);
        var transaction = await connection.BeginTransactionAsync(Cancellation);
        await using var hold = new NpgsqlCommand(sql, connection);
        Assert.NotNull(await hold.ExecuteScalarAsync(Cancellation));
        return new Held(connection, transaction, commits);
    }

    // Holds the row, decides nothing until it may go on, and then what is given.
    private (Task Begun, Action Go, Task<int> Changed) Deciding(RecipientId id, Func<RecipientSituation, RecipientChange?> decide)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new ManualResetEventSlim();
        var changed = Task.Run(
            () => TransitionAsync(id, s =>
            {
                begun.TrySetResult();
                go.Wait(Cancellation);
                return decide(s);
            }),
            Cancellation);
        return (begun.Task, go.Set, changed);
    }

    // Until so many of this database's sessions wait for a lock.
    private async Task WaitingAsync(int sessions)
    {
        await using var source = NpgsqlDataSource.Create(Fixture.Connection);
        await using var waiting = source.CreateCommand("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        while ((long)(await waiting.ExecuteScalarAsync(Cancellation))! < sessions)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }

    private sealed class Held(NpgsqlConnection connection, NpgsqlTransaction transaction, bool commits) : IAsyncDisposable
    {
        private bool _ended;

        public async ValueTask DisposeAsync()
        {
            if (!_ended)
            {
                _ended = true;
                await (commits ? transaction.CommitAsync(Cancellation) : transaction.RollbackAsync(Cancellation));
                await connection.DisposeAsync();
            }
        }
    }
}
