using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>One long-lived connection with its prepared statements, used by one thread at a time.</summary>
internal sealed class SqliteSession : StoreSession, IDisposable
{
    private readonly Dictionary<string, SqliteStatement> statements = new(new TextComparer());
    private readonly sqlite3 database;
    private bool undo;

    public SqliteSession(DbContext context, string pragmas)
    {
        Context = context;

        // Transactions are begun here, since only BEGIN IMMEDIATE takes the write lock before anything was read.
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        try
        {
            context.Database.OpenConnection();
            var connection = (SqliteConnection)context.Database.GetDbConnection();
            database = connection.Handle!;
            using var command = connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
        }
        catch
        {
            // Nobody else knows of it, and the file would stay open.
            context.Dispose();
            throw;
        }
    }

    /// <summary>The same connection through EF Core. Its change tracker is emptied after each transaction.</summary>
    public override DbContext Context { get; }

    /// <summary>True when even the rollback failed: the connection is of no more use.</summary>
    public bool Broken { get; private set; }

    /// <summary>The statement, prepared once a session.</summary>
    public SqliteStatement this[string sql]
    {
        get
        {
            if (!statements.TryGetValue(sql, out var statement))
            {
                statements[sql] = statement = new(database, sql);
            }

            return statement;
        }
    }

    public override void Undo() => undo = true;

    // The transaction has SQLite's one write lock from its beginning: there is nothing more to hold, and nobody to be told.
    public override Task LockAsync<TEntity>(Guid id, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task LockAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task SignalAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public T Transact<T>(string begin, Func<SqliteSession, T> work)
    {
        undo = false;
        this[begin].Run();
        try
        {
            var result = work(this);
            this[undo ? "ROLLBACK" : "COMMIT"].Run();
            return result;
        }
        catch
        {
            try
            {
                this["ROLLBACK"].Run();
            }
            catch (DbException)
            {
                // SQLite had rolled back of its own accord, or the file is gone; the first error is the one to report.
                Broken = true;
            }

            throw;
        }
        finally
        {
            Context.ChangeTracker.Clear();
        }
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        Context.Dispose();
    }

    // Statements are constants of some hundred characters, the same object each time, and looked up for every row.
    private sealed class TextComparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string text) => HashCode.Combine(text.Length, text[^1], text[text.Length / 2], text[text.Length / 3]);
    }
}
