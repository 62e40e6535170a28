using System.Data.Common;
using FlowDispatch.EntityFramework.Automations;
using FlowDispatch.EntityFramework.Contacts;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Flows;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.EntityFramework.Uploads;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework;

/// <summary>The store on Entity Framework Core. EF Core owns model, migrations and ordinary queries; the hot paths are SQL of the provider.</summary>
internal sealed class EntityFrameworkStore : IStore, IDisposable
{
    private readonly SqliteDatabase database;
    private readonly string? folder;

    public EntityFrameworkStore(IDbContextFactory<FlowDispatchDbContext> contexts, TimeProvider time)
    {
        folder = Supported(contexts);
        database = new(contexts);
        Contacts = new ContactStore(database, time);
        Uploads = new UploadStore(database);
        Flows = new FlowStore(database);
        Automations = new AutomationStore(database);
        Executions = new ExecutionStore(database, time);
        Recipients = new SqliteRecipientStore(database);
        Claims = new SqliteClaimStore(database, time);
        Limits = new SqliteLimitStore(database, time);
        Inbox = new SqliteInboxStore(database);
        Receivers = new SqliteReceiverStore(database, time);
    }

    public IContactStore Contacts { get; }

    public IUploadStore Uploads { get; }

    public IFlowStore Flows { get; }

    public IAutomationStore Automations { get; }

    public IExecutionStore Executions { get; }

    public IRecipientStore Recipients { get; }

    public IClaimStore Claims { get; }

    public ILimitStore Limits { get; }

    public IInboxStore Inbox { get; }

    public IReceiverStore Receivers { get; }

    public Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }

        return database.WriteAsync(SqliteSchema.Migrate, cancellationToken);
    }

    public async Task<string?> CheckAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await database.ReadAsync(SqliteSchema.Check, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException error)
        {
            return $"The database can't be read: {error.Message}";
        }
    }

    public void Dispose() => database.Dispose();

    // Refuses what could not work, before anything is written; answers the folder of the database's file.
    private static string? Supported(IDbContextFactory<FlowDispatchDbContext> contexts)
    {
        using var context = contexts.CreateDbContext();
        if (context.Database.ProviderName != "Microsoft.EntityFrameworkCore.Sqlite")
        {
            throw new NotSupportedException(
                $"UseEntityFramework was given the provider {context.Database.ProviderName}; the one supported is Microsoft.EntityFrameworkCore.Sqlite: call UseSqlite(…) on its options.");
        }

        var file = context.Database.GetDbConnection().DataSource;
        if (string.IsNullOrEmpty(file) || file.Equals(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new NotSupportedException(
                $"UseEntityFramework was given the database \"{file}\", which each connection has for itself; name a file, or keep everything in memory with UseInMemory().");
        }

        return Path.GetDirectoryName(Path.GetFullPath(file));
    }
}
