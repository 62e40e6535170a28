using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>The server: a pooled connection for each piece of work, transactions at READ COMMITTED with rows locked where it matters.</summary>
/// <remarks>
/// Locks are taken in one order: lease, due entries, slices, recipients by key, execution, counters. What can't be
/// ordered ends in a deadlock that PostgreSQL breaks, and the transaction it gave up is run again.
/// </remarks>
internal sealed class PostgresDatabase : StoreDatabase, IDisposable
{
    private const int MostTries = 10;

    private readonly Func<DbContext> _contexts;
    private readonly NpgsqlConnection _template;
    private readonly DbContext _first;

    public PostgresDatabase(Func<DbContext> contexts)
    {
        _contexts = contexts;
        _first = contexts();
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

    /// <summary>Runs <paramref name="work"/>, which changes nothing; each statement sees what was committed before it.</summary>
    public async Task<T> ReadAsync<T>(Func<PostgresSession, Task<T>> work, CancellationToken cancellationToken)
    {
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

    public DbContext NewContext() => _contexts();

    /// <summary>A connection of its own.</summary>
    public async Task<PostgresSession> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)((ICloneable)_template).Clone();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new(connection, _contexts, Names);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Dispose() => _first.Dispose();

    private async Task<T> TransactAsync<T>(Func<PostgresSession, Task<T>> work, IsolationLevel isolation, CancellationToken cancellationToken)
    {
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

        var session = new PostgresSession(connection, _contexts, Names);
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
