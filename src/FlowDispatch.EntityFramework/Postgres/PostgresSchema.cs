using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Brings the schema up to date, one process at a time: the server's own lock goes with the connection of a process that dies.</summary>
internal static class PostgresSchema
{
    private const string Hold = "SELECT pg_advisory_lock(4077, 1)";

    private const string Release = "SELECT pg_advisory_unlock(4077, 1)";

    public static async Task MigrateAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        using var apart = HostTransaction.Apart();

        // The session of the lock, and another one for EF Core, which opens and closes its own as it needs.
        var holder = await OpenAsync(database, cancellationToken).ConfigureAwait(false);
        await using (holder.ConfigureAwait(false))
        {
            await holder.RunAsync(Hold, cancellationToken).ConfigureAwait(false);
            try
            {
                var context = database.NewContext();
                await using (context.ConfigureAwait(false))
                {
                    // A newer version's schema stays as it is.
                    if (await MissingAsync(context, cancellationToken).ConfigureAwait(false) is not null && !await IsNewerAsync(context, cancellationToken).ConfigureAwait(false))
                    {
                        // Where there is no history EF Core would try to read it all the same, and log an error.
                        await context.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
                        await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
                    }
                }
            }
            finally
            {
                // Also where it failed or was given up: the session is used again, and would keep all others out.
                if (holder.Connection.FullState == ConnectionState.Open)
                {
                    await holder.RunAsync(Release, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
    }

    public static async Task<string?> CheckAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        using var apart = HostTransaction.Apart();
        try
        {
            var context = database.NewContext();
            await using (context.ConfigureAwait(false))
            {
                return await MissingAsync(context, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is DbException or TimeoutException || error.InnerException is DbException)
        {
            return $"The database can't be read: {error.Message}";
        }
    }

    private static async Task<PostgresSession> OpenAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            return await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            var context = database.NewContext();
            await using (context.ConfigureAwait(false))
            {
                try
                {
                    await context.GetService<IRelationalDatabaseCreator>().CreateAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (PostgresException raced) when (raced.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
                {
                    // Another process was first.
                }
            }

            return await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // What is wrong, fit for operators; null where the schema is as this version needs it.
    private static async Task<string?> MissingAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (context.Database.GetMigrations().LastOrDefault() is not { } needed)
        {
            // A host that makes its schema without migrations: it is enough that the tables are there.
            return await context.Database.CanConnectAsync(cancellationToken).ConfigureAwait(false) ? null : "The database can't be reached.";
        }

        var last = (await AppliedAsync(context, cancellationToken).ConfigureAwait(false)).LastOrDefault();
        return last == needed ? null : $"The schema is at {last ?? "nothing"} and this version needs {needed}: migrate it, or bring the host up to date.";
    }

    private static async Task<bool> IsNewerAsync(DbContext context, CancellationToken cancellationToken) =>
        (await AppliedAsync(context, cancellationToken).ConfigureAwait(false)).Contains(context.Database.GetMigrations().Last(), StringComparer.Ordinal);

    // In order. Those that we don't know are a newer version's.
    private static async Task<List<string>> AppliedAsync(DbContext context, CancellationToken cancellationToken)
    {
        // Asked for its tables first: EF Core would try to read the history, and log an error where there is none.
        var history = context.GetService<IHistoryRepository>();
        var creator = context.GetService<IRelationalDatabaseCreator>();
        return await creator.ExistsAsync(cancellationToken).ConfigureAwait(false) && await creator.HasTablesAsync(cancellationToken).ConfigureAwait(false)
            && await history.ExistsAsync(cancellationToken).ConfigureAwait(false)
            ? [.. (await history.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)).Select(m => m.MigrationId).Order(StringComparer.Ordinal)]
            : [];
    }
}
