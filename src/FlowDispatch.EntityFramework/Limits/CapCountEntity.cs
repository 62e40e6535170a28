using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Limits;

/// <summary>One message that counts against a frequency cap.</summary>
internal sealed class CapCountEntity
{
    public long Id { get; set; }

    public required string Key { get; set; }

    /// <summary>Which message it is.</summary>
    public required string Holder { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>When it has left the longest period that was ever asked about; caps of several automations share a key.</summary>
    public DateTimeOffset KeepUntil { get; set; }
}

internal sealed class CapCountConfiguration : IEntityTypeConfiguration<CapCountEntity>
{
    public void Configure(EntityTypeBuilder<CapCountEntity> builder)
    {
        builder.ToTable("fd_cap_counts");
        builder.HasKey(c => c.Id);
        builder.HasIndex(c => new { c.Key, c.At });
    }
}
