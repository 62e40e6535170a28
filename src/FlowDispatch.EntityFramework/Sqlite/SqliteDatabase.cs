using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>
/// The file: one writer in this process at a time on one connection, and readers beside it on their own. Other
/// processes are kept out by SQLite's own write lock.
/// </summary>
internal sealed class SqliteDatabase(Func<DbContext> contexts) : StoreDatabase, IDisposable
{
    // NORMAL in WAL mode survives a crash of the process; a power cut may take the last commits, never consistency.
    // A cache of 8 MB: at the end of a transaction in which a page was split SQLite walks through all of its cache, and with
    // 64 MB that took a seventh of a run's time.
    private const string WriterPragmas =
        "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;";

    private const string ReaderPragmas = "PRAGMA busy_timeout = 30000;";

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private SqliteSession? writer;

    /// <summary>Runs <paramref name="work"/> alone, in a transaction that holds SQLite's write lock from its beginning.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Write(work);
    }

    /// <summary>The same in its turn, but on another thread: SQLite works where it is called, and the caller has other things to do.</summary>
    public async Task<T> WriteApartAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return Write(work);
    }

    private T Write<T>(Func<SqliteSession, T> work)
    {
        using var apart = HostTransaction.Apart();
        try
        {
            writer ??= new(contexts(), WriterPragmas);
            return writer.Transact("BEGIN IMMEDIATE", work);
        }
        finally
        {
            if (writer is { Broken: true })
            {
                writer.Dispose();
                writer = null;
            }

            gate.Release();
        }
    }

    /// <summary>Runs <paramref name="work"/> on one snapshot of the data, beside the writer.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var apart = HostTransaction.Apart();
        if (!readers.TryTake(out var session))
        {
            session = new(contexts(), ReaderPragmas);
        }

        try
        {
            return Task.FromResult(session.Transact("BEGIN", work));
        }
        finally
        {
            if (session.Broken)
            {
                session.Dispose();
            }
            else
            {
                readers.Add(session);
            }
        }
    }

    // SQLite reads and writes on the caller's thread, whatever EF Core's asynchronous members promise: the work has ended when it returns.
    public override Task<T> ChangeAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken) =>
        WriteAsync(session => work(session).GetAwaiter().GetResult(), cancellationToken);

    public override Task<T> QueryAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken) =>
        ReadAsync(session => work(session).GetAwaiter().GetResult(), cancellationToken);

    public override Task<T> ViewAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellationToken) => QueryAsync(work, cancellationToken);

    public void Dispose()
    {
        writer?.Dispose();
        writer = null;
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        gate.Dispose();
    }
}
