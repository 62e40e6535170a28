using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Retention;

/// <summary>An execution that is gone, and whose recipients' rows are still to be deleted.</summary>
internal sealed class PrunedEntity
{
    public int Execution { get; set; }
}

internal sealed class PrunedConfiguration : IEntityTypeConfiguration<PrunedEntity>
{
    public void Configure(EntityTypeBuilder<PrunedEntity> builder)
    {
        builder.ToTable("fd_pruned");
        builder.HasKey(p => p.Execution);
        builder.Property(p => p.Execution).ValueGeneratedNever();
    }
}
