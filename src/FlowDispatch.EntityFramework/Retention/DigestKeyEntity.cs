using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Retention;

/// <summary>The key of an organization's digests of numbers; there is one once a contact was erased.</summary>
internal sealed class DigestKeyEntity
{
    public required string OrganizationId { get; set; }

    public required string Key { get; set; }
}

internal sealed class DigestKeyConfiguration : IEntityTypeConfiguration<DigestKeyEntity>
{
    public void Configure(EntityTypeBuilder<DigestKeyEntity> builder)
    {
        builder.ToTable("fd_digest_keys");
        builder.HasKey(k => k.OrganizationId);
    }
}
