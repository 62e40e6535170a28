// Writes the next migration of the packaged context, for each provider on which its model changed:
//   dotnet run --project eng/FlowDispatch.Migrations -- <Name>
using System.Reflection;
using FlowDispatch.EntityFramework;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations.Design;
using Microsoft.Extensions.DependencyInjection;

if (args is not [var name])
{
    Console.Error.WriteLine("Usage: dotnet run --project eng/FlowDispatch.Migrations -- <Name>");
    return 1;
}

var root = new DirectoryInfo(AppContext.BaseDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "FlowDispatch.sln")))
{
    root = root.Parent;
}

if (root is null)
{
    Console.Error.WriteLine("FlowDispatch.sln is in none of the folders above this program; run it from a clone.");
    return 1;
}

var options = new DbContextOptionsBuilder<FlowDispatchDbContext>();
Scaffold(options.UseSqlite("Data Source=unused.db").Options, typeof(SqliteDbContextOptionsBuilderExtensions).Assembly, "");
options = new();
Scaffold(options.UseNpgsql("Host=unused").Options, typeof(NpgsqlDbContextOptionsBuilderExtensions).Assembly, "Postgres");
return 0;

void Scaffold(DbContextOptions<FlowDispatchDbContext> of, Assembly assembly, string folder)
{
    // Asking closes the last migration's model, which the scaffolder then takes for none: so another context is asked.
    using (var asked = new FlowDispatchDbContext(of))
    {
        if (!asked.Database.HasPendingModelChanges())
        {
            Console.WriteLine($"{asked.Database.ProviderName}: nothing changed.");
            return;
        }
    }

    using var context = new FlowDispatchDbContext(of);
    var services = new ServiceCollection();
    services.AddEntityFrameworkDesignTimeServices();
    services.AddDbContextDesignTimeServices(context);

    // The provider names its own part in an attribute of its assembly, as EF Core's tools read it.
    var part = assembly.GetCustomAttribute<DesignTimeProviderServicesAttribute>()!.TypeName;
    ((IDesignTimeServices)Activator.CreateInstance(assembly.GetType(part, throwOnError: true)!)!).ConfigureDesignTimeServices(services);
    using var provider = services.BuildServiceProvider();

    // One set a provider, told apart by namespace.
    var migration = provider.GetRequiredService<IMigrationsScaffolder>()
        .ScaffoldMigration(name, "FlowDispatch.EntityFramework", folder.Length == 0 ? "Migrations" : $"Migrations.{folder}");
    var target = Directory.CreateDirectory(Path.Combine(root.FullName, "src", "FlowDispatch.EntityFramework", "Migrations", folder)).FullName;
    Write(Path.Combine(target, $"{migration.MigrationId}.cs"), migration.MigrationCode);
    Write(Path.Combine(target, $"{migration.MigrationId}.Designer.cs"), migration.MetadataCode);
    Write(Path.Combine(target, $"{migration.SnapshotName}.cs"), migration.SnapshotCode);
}

void Write(string file, string source)
{
    // Migrations are how the package works, not what a host calls.
    source = source.Replace("public partial class", "internal partial class", StringComparison.Ordinal);
    File.WriteAllText(file, source.ReplaceLineEndings("\n").TrimStart('\uFEFF'));
    Console.WriteLine(Path.GetRelativePath(root.FullName, file));
}
