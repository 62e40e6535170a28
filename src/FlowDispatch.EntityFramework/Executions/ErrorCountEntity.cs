using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Executions;

/// <summary>How many recipients of an execution are failed or skipped with a code; kept with the counters.</summary>
internal sealed class ErrorCountEntity
{
    public int Execution { get; set; }

    public required string Code { get; set; }

    public int Count { get; set; }
}

internal sealed class ErrorCountConfiguration : IEntityTypeConfiguration<ErrorCountEntity>
{
    public void Configure(EntityTypeBuilder<ErrorCountEntity> builder)
    {
        builder.ToTable("fd_error_counts");
        builder.HasKey(e => new { e.Execution, e.Code });
    }
}
