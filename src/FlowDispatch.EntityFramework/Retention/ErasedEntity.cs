using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Retention;

/// <summary>That an erased person must not be written to.</summary>
internal sealed class ErasedEntity
{
    public required string OrganizationId { get; set; }

    /// <summary>Stands for the number.</summary>
    public required string Digest { get; set; }

    /// <summary>What is kept, as <see cref="FlowDispatch.Contacts.KeptSuppression.Code"/> says it.</summary>
    public int Kept { get; set; }
}

internal sealed class ErasedConfiguration : IEntityTypeConfiguration<ErasedEntity>
{
    public void Configure(EntityTypeBuilder<ErasedEntity> builder)
    {
        builder.ToTable("fd_erased");
        builder.HasKey(e => new { e.OrganizationId, e.Digest });
    }
}
