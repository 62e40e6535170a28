using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>One connection for one piece of work, in a transaction where one was begun.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection, Func<DbContext> contexts, PostgresNames names, Func<NpgsqlConnection, ValueTask> giveBack) : StoreSession, IAsyncDisposable
{
    private NpgsqlTransaction? _transaction;
    private DbContext? _context;
    private bool _joined;

    /// <summary>Made when it is first asked for: hot paths do without.</summary>
    public override DbContext Context
    {
        get
        {
            if (_context is null)
            {
                _context = contexts();
                _context.Database.SetDbConnection(connection, contextOwnsConnection: false);
                if (_transaction is not null)
                {
                    _context.Database.UseTransaction(_transaction);
                }
            }

            return _context;
        }
    }

    public bool Undone { get; private set; }

    public NpgsqlConnection Connection => connection;

    public override void Undo() => Undone = true;

    public override async Task LockAsync<TEntity>(Guid id, CancellationToken cancellationToken)
    {
        var table = Context.Model.FindEntityType(typeof(TEntity))!.GetTableName();
        await RunAsync($"SELECT 1 FROM {table} WHERE id = $1 FOR NO KEY UPDATE", cancellationToken, id).ConfigureAwait(false);
    }

    public override Task LockAsync(string name, CancellationToken cancellationToken) =>
        RunAsync("SELECT pg_advisory_xact_lock(hashtextextended($1, 4077))", cancellationToken, name);

    public override Task SignalAsync(CancellationToken cancellationToken) => RunAsync("SELECT pg_notify($1, '')", cancellationToken, names.Channel);

    /// <summary>Begins the transaction; it goes to the server with the first statement.</summary>
    public async Task BeginAsync(IsolationLevel isolation, CancellationToken cancellationToken) =>
        _transaction = await connection.BeginTransactionAsync(isolation, cancellationToken).ConfigureAwait(false);

    /// <summary>Works within a transaction that somebody else began and ends.</summary>
    public void Join(NpgsqlTransaction transaction)
    {
        _transaction = transaction;
        _joined = true;
    }

    public Task CommitAsync(CancellationToken cancellationToken) => _transaction!.CommitAsync(cancellationToken);

    public Task RollbackAsync() => _transaction!.RollbackAsync(CancellationToken.None);

    public PostgresBatch Batch() => new(new NpgsqlBatch(connection, _transaction), names.Qualify);

    /// <summary>Runs one statement and answers how many rows it changed or answered with.</summary>
    public async Task<int> RunAsync(string sql, CancellationToken cancellationToken, params PostgresValue[] values)
    {
        var batch = Batch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(sql, values);
            await batch.RunAsync(cancellationToken).ConfigureAwait(false);
            return batch.Changed(0);
        }
    }

    /// <summary>The rows of one statement.</summary>
    public Task<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params PostgresValue[] values) =>
        ReadAsync(Batch(), sql, read, values, cancellationToken);

    /// <summary>The rows of one statement that is planned at each run: where a plan made while the table was empty could choose the wrong one of its indexes for good.</summary>
    public Task<List<T>> PlanAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params PostgresValue[] values) =>
        ReadAsync(Batch().Unprepared(), sql, read, values, cancellationToken);

    /// <summary>Begins to copy rows into a table; the stream's end is theirs, and tells what the server refused.</summary>
    public async Task<Stream> CopyAsync(string sql, CancellationToken cancellationToken) =>
        await connection.BeginRawBinaryCopyAsync(names.Qualify(sql), cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (_context is not null)
        {
            await _context.DisposeAsync().ConfigureAwait(false);
        }

        if (!_joined)
        {
            if (_transaction is not null)
            {
                await _transaction.DisposeAsync().ConfigureAwait(false);
            }

            await giveBack(connection).ConfigureAwait(false);
        }
    }

    private static async Task<List<T>> ReadAsync<T>(PostgresBatch batch, string sql, Func<DbDataReader, T> read, PostgresValue[] values, CancellationToken cancellationToken)
    {
        await using (batch.ConfigureAwait(false))
        {
            batch.Add(sql, values);
            var rows = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return await rows.ListAsync(read, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
