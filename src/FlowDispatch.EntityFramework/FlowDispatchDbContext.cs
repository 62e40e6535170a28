using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace FlowDispatch.EntityFramework;

/// <summary>The context that the package brings, with its migrations for SQLite and for PostgreSQL. Its tables begin with <c>fd_</c>.</summary>
/// <param name="options">Names a provider: Microsoft.EntityFrameworkCore.Sqlite or Npgsql.EntityFrameworkCore.PostgreSQL.</param>
public sealed class FlowDispatchDbContext(DbContextOptions<FlowDispatchDbContext> options) : DbContext(options)
{
    /// <inheritdoc />
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ReplaceService<IMigrationsAssembly, ProviderMigrations>();

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFlowDispatch();
}
