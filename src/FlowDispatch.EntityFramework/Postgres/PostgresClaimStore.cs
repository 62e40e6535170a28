using System.Collections.Concurrent;
using FlowDispatch.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

internal sealed class PostgresClaimStore(PostgresDatabase database, PostgresClock clock) : IClaimStore
{
    // The clock is looked at by a statement of its own, once nobody else has the rows: a lease that ended while they were
    // waited for stays ended, since its slots may be another's by now.
    internal const string HoldRenewed = "SELECT 1 FROM fd_leases WHERE token = ANY($1) ORDER BY token FOR NO KEY UPDATE";

    internal const string Renew = $"UPDATE fd_leases SET until = {PostgresClock.Now} + $3 WHERE token = ANY($2) AND until > {PostgresClock.Now} RETURNING token";

    // Of each lease this process holds, the commit that was asked for last. The next one waits for it on the server; where it
    // came there first all the same, it is made again after it.
    private readonly ConcurrentDictionary<long, Commits> _commits = new();

    public Task<DispatchLease?> LeaseAsync(int executionNumber, string node, int slots, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return database.WriteAsync(
            session => PostgresLeases.TakeAsync(session, executionNumber, node, slots, duration, clock, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit, ClaimScope scope = ClaimScope.Any, bool conversations = true, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        return database.WriteAsync(session => new PostgresClaims(session, lease, clock).ClaimAsync(limit, scope, conversations, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyCollection<long>> RenewAsync(IReadOnlyCollection<long> tokens, TimeSpan duration, CancellationToken cancellationToken = default) =>
        database.WriteAsync<IReadOnlyCollection<long>>(
            async session =>
            {
                await session.RunAsync(HoldRenewed, cancellationToken, tokens.ToArray()).ConfigureAwait(false);
                return await session.ReadAsync(Renew, row => row.GetInt64(0), cancellationToken, clock.Given, tokens.ToArray(), duration).ConfigureAwait(false);
            },
            cancellationToken);

    public async Task<bool> CommitAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken = default)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Interlocked.Exchange(ref _commits.GetOrAdd(lease.Token, static _ => new()).Last, made.Task);
        try
        {
            var write = new PostgresCommit(lease, commit, clock);
            if (await write.TryAsync(database, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }

            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await database.WriteAsync(session => write.MakeAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            made.SetResult();
        }
    }

    // Whoever recovered it was first; a lease that is only over in time is still there and ends here.
    public Task ReleaseAsync(DispatchLease lease, CancellationToken cancellationToken = default)
    {
        _commits.TryRemove(lease.Token, out _);
        return database.WriteAsync(
            session => PostgresLeases.EndAsync(session, lease.ExecutionNumber, lease.Token, ended: false, clock, cancellationToken), cancellationToken);
    }

    public Task<int> RecoverAsync(CancellationToken cancellationToken = default) => RecoverAsync(execution: null, cancellationToken);

    public Task<bool> TryCloseAsync(int executionNumber, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => PostgresPlans.CloseAsync(session, executionNumber, at: null, clock, cancellationToken), cancellationToken);

    public async Task<int> CancelOpenAsync(int executionNumber, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);

        // A lease that is over but not yet swept has people in doubt: they are none of those to be cancelled.
        await RecoverAsync(executionNumber, cancellationToken).ConfigureAwait(false);
        return await database.WriteAsync(
            session => PostgresCancellation.CloseAsync(session, executionNumber, limit, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public Task<ControlState> ReadControlAsync(long suppressionsAfter, CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => PostgresControl.ReadAsync(session, suppressionsAfter, clock, cancellationToken), cancellationToken);

    public Task<DispatchBacklog> ReadBacklogAsync(CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => PostgresBacklog.ReadAsync(session, clock, cancellationToken), cancellationToken);

    // Each lease in a transaction of its own, so that none is held while another's people are waited for.
    private async Task<int> RecoverAsync(int? execution, CancellationToken cancellationToken)
    {
        var ended = await database.ReadAsync(
            session => session.ReadAsync(
                $"SELECT execution, token FROM fd_leases WHERE until <= {PostgresClock.Now} AND ($2 IS NULL OR execution = $2) ORDER BY token",
                row => (Execution: row.GetInt32(0), Token: row.GetInt64(1)), cancellationToken, clock.Given, execution),
            cancellationToken).ConfigureAwait(false);
        var recovered = 0;
        foreach (var lease in ended)
        {
            try
            {
                recovered += await database.WriteAsync(session => RecoverAsync(session, lease.Execution, lease.Token, cancellationToken), cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                // Somebody holds a row of it, frozen maybe: it is there for the next sweep, and those behind it don't wait.
            }
        }

        return recovered;
    }

    private async Task<bool> RecoverAsync(PostgresSession session, int execution, long token, CancellationToken cancellationToken)
    {
        await session.RunAsync("SELECT set_config('lock_timeout', '1s', TRUE)", cancellationToken).ConfigureAwait(false);
        return await PostgresLeases.EndAsync(session, execution, token, ended: true, clock, cancellationToken).ConfigureAwait(false);
    }

    private sealed class Commits
    {
        public Task Last = Task.CompletedTask;
    }
}
