// Writes the next migration of the packaged context from what changed in its model:
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

using var context = new FlowDispatchDbContext(new DbContextOptionsBuilder<FlowDispatchDbContext>().UseSqlite("Data Source=unused.db").Options);
var services = new ServiceCollection();
services.AddEntityFrameworkDesignTimeServices();
services.AddDbContextDesignTimeServices(context);

// The provider names its own part in an attribute of its assembly, as EF Core's tools read it.
var sqlite = typeof(SqliteDbContextOptionsBuilderExtensions).Assembly;
var part = sqlite.GetCustomAttribute<DesignTimeProviderServicesAttribute>()!.TypeName;
((IDesignTimeServices)Activator.CreateInstance(sqlite.GetType(part, throwOnError: true)!)!).ConfigureDesignTimeServices(services);
using var provider = services.BuildServiceProvider();

var project = Path.Combine(root.FullName, "src", "FlowDispatch.EntityFramework");
var scaffolder = provider.GetRequiredService<IMigrationsScaffolder>();
var migration = scaffolder.ScaffoldMigration(name, "FlowDispatch.EntityFramework", "Migrations");
var files = scaffolder.Save(project, migration, Path.Combine(project, "Migrations"), dryRun: false);
foreach (var file in new[] { files.MigrationFile, files.MetadataFile, files.SnapshotFile }.OfType<string>())
{
    // Migrations are how the package works, not what a host calls.
    var source = File.ReadAllText(file);
    source = source.Replace("public partial class", "internal partial class", StringComparison.Ordinal);
    File.WriteAllText(file, source.ReplaceLineEndings("\n").TrimStart('\uFEFF'));
    Console.WriteLine(Path.GetRelativePath(root.FullName, file));
}

return 0;
