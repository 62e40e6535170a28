using System.Data.Common;
using FlowDispatch.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>The store in one file that processes of one machine share.</summary>
internal sealed class SqliteStore : EntityFrameworkStore
{
    private readonly SqliteDatabase _database;
    private readonly string? _folder;

    public SqliteStore(Func<DbContext> contexts, TimeProvider time)
        : this(contexts, time, new SqliteDatabase(contexts))
    {
    }

    private SqliteStore(Func<DbContext> contexts, TimeProvider time, SqliteDatabase database)
        : base(database)
    {
        _database = database;
        _folder = Folder(contexts);
        Contacts = new SqliteContactStore(database, time);
        Uploads = new SqliteUploadStore(database);
        Executions = new SqliteExecutionStore(database, time);
        Recipients = new SqliteRecipientStore(database);
        Claims = new SqliteClaimStore(database, time);
        Limits = new SqliteLimitStore(database, time);
        Inbox = new SqliteInboxStore(database);
        Receivers = new SqliteReceiverStore(database, time);
        Retention = new SqliteRetentionStore(database);
    }

    public override IContactStore Contacts { get; }

    public override IUploadStore Uploads { get; }

    public override IExecutionStore Executions { get; }

    public override IRecipientStore Recipients { get; }

    public override IClaimStore Claims { get; }

    public override ILimitStore Limits { get; }

    public override IInboxStore Inbox { get; }

    public override IReceiverStore Receivers { get; }

    public override IRetentionStore Retention { get; }

    public override Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        if (_folder is not null)
        {
            Directory.CreateDirectory(_folder);
        }

        return _database.WriteAsync(SqliteSchema.Migrate, cancellationToken);
    }

    public override async Task<string?> CheckAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _database.ReadAsync(SqliteSchema.Check, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException error)
        {
            return $"The database can't be read: {error.Message}";
        }
    }

    public override void Dispose() => _database.Dispose();

    // Refuses what could not work, before anything is written; answers the folder of the database's file.
    private static string? Folder(Func<DbContext> contexts)
    {
        using var context = contexts();
        var connection = context.Database.GetDbConnection();
        if (connection is not SqliteConnection)
        {
            throw new NotSupportedException(
                $"UseEntityFramework was given SQLite over a {connection.GetType().FullName}, and our statements run on a {typeof(SqliteConnection).FullName}: give UseSqlite(…) a connection string.");
        }

        using var other = contexts();
        if (other.Database.GetDbConnection() == connection)
        {
            throw new NotSupportedException(
                "UseEntityFramework was given one SqliteConnection for all contexts, and FlowDispatch reads on several beside the one it writes on: give UseSqlite(…) a connection string, so that each context has a connection of its own.");
        }

        var file = connection.DataSource;
        return string.IsNullOrEmpty(file) || file.Equals(":memory:", StringComparison.OrdinalIgnoreCase)
            ? throw new NotSupportedException(
                $"UseEntityFramework was given the database \"{file}\", which each connection has for itself; name a file, or keep everything in memory with UseInMemory().")
            : Path.GetDirectoryName(Path.GetFullPath(file));
    }
}
