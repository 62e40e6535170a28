using FlowDispatch.EntityFramework.Automations;
using FlowDispatch.EntityFramework.Flows;
using FlowDispatch.EntityFramework.Postgres;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework;

/// <summary>The store on Entity Framework Core. EF Core owns model, migrations and ordinary queries; the hot paths are SQL of the provider.</summary>
internal abstract class EntityFrameworkStore(StoreDatabase database) : IStore, IDisposable
{
    public abstract IContactStore Contacts { get; }

    public abstract IUploadStore Uploads { get; }

    public IFlowStore Flows { get; } = new FlowStore(database);

    public IAutomationStore Automations { get; } = new AutomationStore(database);

    public abstract IExecutionStore Executions { get; }

    public abstract IRecipientStore Recipients { get; }

    public abstract IClaimStore Claims { get; }

    public abstract ILimitStore Limits { get; }

    public abstract IInboxStore Inbox { get; }

    public abstract IReceiverStore Receivers { get; }

    public abstract IRetentionStore Retention { get; }

    /// <summary>The store of the provider that the contexts use.</summary>
    /// <exception cref="NotSupportedException">It is none that there is a store for, or its database can't be shared.</exception>
    public static EntityFrameworkStore Open(Func<DbContext> contexts, TimeProvider time)
    {
        using var context = contexts();
        return context.Database.ProviderName switch
        {
            "Microsoft.EntityFrameworkCore.Sqlite" => new SqliteStore(contexts, time),
            "Npgsql.EntityFrameworkCore.PostgreSQL" => new PostgresStore(contexts, time),
            var other => throw new NotSupportedException(
                $"UseEntityFramework was given the provider {other}; those supported are Microsoft.EntityFrameworkCore.Sqlite and Npgsql.EntityFrameworkCore.PostgreSQL: call UseSqlite(…) or UseNpgsql(…) on its options."),
        };
    }

    public abstract Task MigrateAsync(CancellationToken cancellationToken = default);

    public abstract Task<string?> CheckAsync(CancellationToken cancellationToken = default);

    public abstract void Dispose();
}
