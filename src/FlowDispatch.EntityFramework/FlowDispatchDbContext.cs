using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework;

/// <summary>The context that the package brings, with its migrations. Its tables begin with <c>fd_</c>.</summary>
/// <param name="options">Names a provider; Microsoft.EntityFrameworkCore.Sqlite is the one supported.</param>
public sealed class FlowDispatchDbContext(DbContextOptions<FlowDispatchDbContext> options) : DbContext(options)
{
    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddFlowDispatch();
}
