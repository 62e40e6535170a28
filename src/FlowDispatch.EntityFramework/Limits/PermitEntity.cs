using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Limits;

/// <summary>A bucket of paced permits.</summary>
internal sealed class PermitEntity
{
    public required string Key { get; set; }

    /// <summary>The last permit handed out; null before the first.</summary>
    public DateTimeOffset? LastAt { get; set; }

    /// <summary>Nothing is handed out before it; null for no hold.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>From when on its pace is full again; null where it was never slowed.</summary>
    public DateTimeOffset? FullAt { get; set; }
}

internal sealed class PermitConfiguration : IEntityTypeConfiguration<PermitEntity>
{
    public void Configure(EntityTypeBuilder<PermitEntity> builder)
    {
        builder.ToTable("fd_permits");
        builder.HasKey(p => p.Key);

        // The few that were ever held: nodes look for those that still are, all the time.
        builder.HasIndex(p => p.HeldUntil).HasFilter("held_until IS NOT NULL");
    }
}
