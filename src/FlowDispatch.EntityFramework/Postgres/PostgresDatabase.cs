using System.Collections.Concurrent;
using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>The server: a connection for each piece of work, kept open for the next; transactions at READ COMMITTED with rows locked where it matters.</summary>
/// <remarks>
/// Locks are taken in one order: due entries, recipients by key, lease, slices, execution, counters; a commit holds its
/// lease's row in the last of its statements, if at all. Whoever ends a lease first waits for the commits under it, by a
/// lock that is no row, whoever gives or renews some holds these alone, by token, and claims pass over what others hold.
/// What can't be ordered (two commits of a lease, one behind the other, and a receipt that holds rows of both; due entries
/// that came while rows were waited for) ends in a deadlock that PostgreSQL breaks, and the transaction it gave up is run
/// again. A session that does nothing within a transaction for two seconds is ended by the server, and surfaces
/// as any lost connection does.
/// </remarks>
internal sealed class PostgresDatabase : StoreDatabase, IDisposable
{
    private const int MostTries = 10;
    private const int MostIdle = 16;

    // Every statement here has its index. A planner that knows a table as it was when it was small, or not at all, would
    // rather read all of it, and keeps such a plan while the table grows to millions.
    // A process that freezes in the middle of a transaction would keep what it holds from all others for as long as it is
    // frozen: the server ends such a session well before the shortest lease is over, and one whose machine is gone soon.
    internal const string Settings = """
        SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
        SET default_transaction_isolation = 'read committed'; SET idle_in_transaction_session_timeout = '2s';
        SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3
        """;

    // The last one used first: its plans and pages are the ones that the server's processors still have.
    private readonly ConcurrentStack<NpgsqlConnection> _idle = new();
    private readonly Func<DbContext> _contexts;
    private readonly NpgsqlConnection _template;
    private readonly DbContext _first;
    private volatile bool _disposed;

    public PostgresDatabase(Func<DbContext> contexts)
    {
        _contexts = contexts;
        _first = contexts();
        if (_first.Database.CreateExecutionStrategy().RetriesOnFailure)
        {
            var name = _first.GetType().Name;
            _first.Dispose();
            throw new NotSupportedException(
                $"{name} repeats what fails (EnableRetryOnFailure, or an execution strategy of the host's), and so can't be part of FlowDispatch's transactions, which are repeated as a whole where that is safe: take EnableRetryOnFailure() out of the options given to UseNpgsql(…), or give UseEntityFramework a context without it.");
        }

        _template = (NpgsqlConnection)_first.Database.GetDbConnection();
        Names = new(_first.Model.FindEntityType(typeof(Executions.ExecutionEntity)) is { } execution
            ? execution.GetSchema()
            : throw new InvalidOperationException($"{_first.GetType().Name} has no FlowDispatch tables; call modelBuilder.AddFlowDispatch() in its OnModelCreating."));
    }

    public PostgresNames Names { get; }

    /// <summary>Runs <paramref name="work"/> in a transaction; again where the server gave it up for a deadlock or a serialization failure.</summary>
    public async Task<T> WriteAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        if (HostTransaction.Current is { } host)
        {
            return await JoinAsync(host, work).ConfigureAwait(false);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TransactAsync(work, IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (attempt < MostTries && GaveUp(error))
            {
                // Told by the server, also where it was asked to commit: nothing of it is left.
            }
        }
    }

    /// <summary>Runs <paramref name="work"/>, which is one batch: a transaction that the server ends with it. Again where the server gave it up.</summary>
    public async Task<T> AtOnceAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(work, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (attempt < MostTries && GaveUp(error))
            {
                // Nothing of it is left.
            }
        }
    }

    /// <summary>Runs <paramref name="work"/>, which changes nothing; each statement sees what was committed before it.</summary>
    public async Task<T> ReadAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
        using var apart = HostTransaction.Apart();
        var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await work(session).ConfigureAwait(false);
        }
    }

    /// <summary>Runs <paramref name="work"/>, which changes nothing, on one snapshot of the data.</summary>
    public Task<T> SnapshotAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken) =>
        TransactAsync(work, IsolationLevel.RepeatableRead, cancellationToken);

    public override Task<T> ChangeAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken) => WriteAsync<T>(work, cancellationToken);

    public override Task<T> QueryAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken) => ReadAsync<T>(work, cancellationToken);

    public override Task<T> ViewAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken) => SnapshotAsync<T>(work, cancellationToken);

    public DbContext NewContext() => _contexts();

    /// <summary>A connection, one that was used before where there is one.</summary>
    public async Task<PostgresSession> OpenAsync(CancellationToken cancellationToken)
    {
        using var apart = HostTransaction.Apart();
        if (_idle.TryPop(out var used))
        {
            return new(used, _contexts, Names, GiveBack);
        }

        var connection = (NpgsqlConnection)((ICloneable)_template).Clone();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var settings = new NpgsqlCommand(Settings, connection);
            await using (settings.ConfigureAwait(false))
            {
                await settings.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return new(connection, _contexts, Names, GiveBack);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        DropIdle();
        _first.Dispose();
    }

    private ValueTask GiveBack(NpgsqlConnection connection)
    {
        if (connection.FullState == ConnectionState.Open && _idle.Count < MostIdle && !_disposed)
        {
            _idle.Push(connection);
            return ValueTask.CompletedTask;
        }

        // One that broke tells that the others did, as a server that went away takes all of them along.
        if (connection.FullState != ConnectionState.Open)
        {
            DropIdle();
        }

        return connection.DisposeAsync();
    }

    private void DropIdle()
    {
        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
    }

    private async Task<T> TransactAsync<T>(Func<PostgresSession, Task<T>> work, IsolationLevel isolation, CancellationToken cancellationToken)
    {
        using var apart = HostTransaction.Apart();
        var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await session.BeginAsync(isolation, cancellationToken).ConfigureAwait(false);
            var result = await work(session).ConfigureAwait(false);
            await (session.Undone ? session.RollbackAsync() : session.CommitAsync(cancellationToken)).ConfigureAwait(false);
            return result;
        }
    }

    private async Task<T> JoinAsync<T>(DbContext host, Func<PostgresSession, Task<T>> work)
    {
        if (host.Database.GetDbConnection() is not NpgsqlConnection connection || host.Database.CurrentTransaction?.GetDbTransaction() is not NpgsqlTransaction transaction)
        {
            throw new InvalidOperationException("The context whose transaction is shared has no transaction on PostgreSQL any more; end the sharing before the transaction.");
        }

        var session = new PostgresSession(connection, _contexts, Names, static _ => ValueTask.CompletedTask);
        await using (session.ConfigureAwait(false))
        {
            session.Join(transaction);
            const string Savepoint = "flowdispatch";
            await transaction.SaveAsync(Savepoint).ConfigureAwait(false);
            try
            {
                var result = await work(session).ConfigureAwait(false);
                await (session.Undone ? transaction.RollbackAsync(Savepoint) : transaction.ReleaseAsync(Savepoint)).ConfigureAwait(false);
                return result;
            }
            catch
            {
                await transaction.RollbackAsync(Savepoint).ConfigureAwait(false);
                throw;
            }
        }
    }

    private static bool GaveUp(Exception error) =>
        (error as PostgresException ?? error.InnerException as PostgresException)?.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;
}
