using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Claims;

/// <summary>A run of planned recipients that is claimed as one; gone once all of it is passed and answered.</summary>
internal sealed class SliceEntity
{
    /// <summary>The key of its first recipient.</summary>
    public long Key { get; set; }

    public int Execution { get; set; }

    /// <summary>How many ordinals it spans.</summary>
    public int Count { get; set; }

    /// <summary>How many of them were marked, skipped or put off. Below it, open and not in the due queue means: in a sender's hands.</summary>
    public int Position { get; set; }

    /// <summary>The lease that holds it; null when it can be claimed.</summary>
    public long? Token { get; set; }
}

internal sealed class SliceConfiguration : IEntityTypeConfiguration<SliceEntity>
{
    public void Configure(EntityTypeBuilder<SliceEntity> builder)
    {
        builder.ToTable("fd_slices");
        builder.HasKey(s => s.Key);
        builder.Property(s => s.Key).ValueGeneratedNever();
        builder.HasIndex(s => new { s.Execution, s.Key }).HasFilter("token IS NULL");
        builder.HasIndex(s => s.Token).HasFilter("token IS NOT NULL");
    }
}
