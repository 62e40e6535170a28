using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>
/// Brings the schema up to date in one transaction under SQLite's own write lock. EF Core's lock for migrations is a
/// row, which a process that is killed leaves behind for good; a transaction leaves nothing.
/// </summary>
internal static class SqliteSchema
{
    public static bool Migrate(SqliteSession session)
    {
        var applied = Applied(session.Context);
        if (session.Context.Database.GetMigrations().LastOrDefault() is not { } newest || string.Equals(applied, newest, StringComparison.Ordinal))
        {
            return false;
        }

        var script = session.Context.GetService<IMigrator>()
            .GenerateScript(applied ?? Migration.InitialDatabase, newest, MigrationsSqlGenerationOptions.NoTransactions);
        session.Context.Database.GetDbConnection().Execute(script);
        return true;
    }

    public static string? Check(SqliteSession session)
    {
        var newest = session.Context.Database.GetMigrations().Last();
        return Applied(session.Context) is var applied && string.Equals(applied, newest, StringComparison.Ordinal)
            ? null
            : $"The schema is at {applied ?? "nothing"}, and this version needs {newest}; migrate it.";
    }

    // Null before the first. A newer one than ours is what another, newer process needs: it stays.
    private static string? Applied(FlowDispatchDbContext context)
    {
        var history = context.GetService<IHistoryRepository>();
        return history.Exists() ? history.GetAppliedMigrations().Select(m => m.MigrationId).Max(StringComparer.Ordinal) : null;
    }

    private static void Execute(this DbConnection connection, string script)
    {
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }
}
