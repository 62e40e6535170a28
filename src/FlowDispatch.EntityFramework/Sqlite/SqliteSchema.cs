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
        var ours = session.Context.Database.GetMigrations().ToList();
        var last = Applied(session.Context).LastOrDefault(ours.Contains);
        if (last == ours[^1])
        {
            return false;
        }

        var script = session.Context.GetService<IMigrator>()
            .GenerateScript(last ?? Migration.InitialDatabase, ours[^1], MigrationsSqlGenerationOptions.NoTransactions);
        session.Context.Database.GetDbConnection().Execute(script);
        return true;
    }

    public static string? Check(SqliteSession session)
    {
        var needed = session.Context.Database.GetMigrations().Last();
        var applied = Applied(session.Context);
        return applied.LastOrDefault() == needed ? null : $"The schema is at {applied.LastOrDefault() ?? "nothing"} and this version needs {needed}: migrate it, or bring the host up to date.";
    }

    // In order. Those that we don't know are a newer version's, and stay.
    private static List<string> Applied(DbContext context)
    {
        var history = context.GetService<IHistoryRepository>();
        return history.Exists() ? [.. history.GetAppliedMigrations().Select(m => m.MigrationId).Order(StringComparer.Ordinal)] : [];
    }

    private static void Execute(this DbConnection connection, string script)
    {
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }
}
