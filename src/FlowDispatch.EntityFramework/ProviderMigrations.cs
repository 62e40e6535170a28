using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace FlowDispatch.EntityFramework;

/// <summary>The packaged context's migrations for the provider it is on: one set in a namespace each, where EF Core would take all of an assembly.</summary>
internal sealed class ProviderMigrations : IMigrationsAssembly
{
    public ProviderMigrations(IDatabaseProvider provider)
    {
        Namespace = NamespaceOf(provider.Name);
        var types = Assembly.DefinedTypes.Where(t => t.Namespace == Namespace).ToList();
        Migrations = new SortedList<string, TypeInfo>(
            types.Where(t => t.IsSubclassOf(typeof(Migration))).ToDictionary(t => t.GetCustomAttribute<MigrationAttribute>()!.Id, StringComparer.Ordinal),
            StringComparer.Ordinal);
        ModelSnapshot = types.Find(t => t.IsSubclassOf(typeof(ModelSnapshot))) is { } snapshot ? (ModelSnapshot)Activator.CreateInstance(snapshot)! : null;
    }

    /// <summary>Where the migrations are.</summary>
    public string Namespace { get; }

    public IReadOnlyDictionary<string, TypeInfo> Migrations { get; }

    public ModelSnapshot? ModelSnapshot { get; }

    public Assembly Assembly => typeof(FlowDispatchDbContext).Assembly;

    public string? FindMigrationId(string nameOrId) =>
        Migrations.Keys.FirstOrDefault(id => id.Equals(nameOrId, StringComparison.OrdinalIgnoreCase) || id.EndsWith($"_{nameOrId}", StringComparison.OrdinalIgnoreCase));

    public Migration CreateMigration(TypeInfo migrationClass, string activeProvider)
    {
        var migration = (Migration)Activator.CreateInstance(migrationClass)!;
        migration.ActiveProvider = activeProvider;
        return migration;
    }

    private static string NamespaceOf(string? provider) => provider == "Npgsql.EntityFrameworkCore.PostgreSQL"
        ? "FlowDispatch.EntityFramework.Migrations.Postgres"
        : "FlowDispatch.EntityFramework.Migrations";
}
