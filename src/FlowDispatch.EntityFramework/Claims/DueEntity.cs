using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Claims;

/// <summary>A recipient that waits on its own, outside of its slice.</summary>
internal sealed class DueEntity
{
    /// <summary>The recipient's key.</summary>
    public long Key { get; set; }

    public int Execution { get; set; }

    public DateTimeOffset DueAt { get; set; }

    /// <summary>The lease that holds it; null when it can be claimed.</summary>
    public long? Token { get; set; }

    /// <summary>True while it is in a sender's hands.</summary>
    public bool Marked { get; set; }
}

internal sealed class DueConfiguration : IEntityTypeConfiguration<DueEntity>
{
    public void Configure(EntityTypeBuilder<DueEntity> builder)
    {
        builder.ToTable("fd_due");
        builder.HasKey(d => d.Key);
        builder.Property(d => d.Key).ValueGeneratedNever();
        builder.HasIndex(d => new { d.Execution, d.DueAt, d.Key }).HasFilter("token IS NULL");
        builder.HasIndex(d => d.Token).HasFilter("token IS NOT NULL");
    }
}
