using FlowDispatch.Contacts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Contacts;

/// <summary>A contact that may not be written to; a worse suppression gets a new sequence number, which nodes follow.</summary>
internal sealed class SuppressionEntity
{
    public long Sequence { get; set; }

    public Guid ContactId { get; set; }

    public ContactSuppression Suppression { get; set; }
}

internal sealed class SuppressionConfiguration : IEntityTypeConfiguration<SuppressionEntity>
{
    public void Configure(EntityTypeBuilder<SuppressionEntity> builder)
    {
        builder.ToTable("fd_suppressions");
        builder.HasKey(s => s.Sequence);
        builder.HasIndex(s => s.ContactId).IsUnique();
    }
}
