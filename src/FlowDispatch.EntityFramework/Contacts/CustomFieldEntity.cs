using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Contacts;

/// <summary>A custom field that some contact of an organization has, or once had.</summary>
internal sealed class CustomFieldEntity
{
    public required string OrganizationId { get; set; }

    public required string Name { get; set; }
}

internal sealed class CustomFieldConfiguration : IEntityTypeConfiguration<CustomFieldEntity>
{
    public void Configure(EntityTypeBuilder<CustomFieldEntity> builder)
    {
        builder.ToTable("fd_custom_fields");
        builder.HasKey(f => new { f.OrganizationId, f.Name });
    }
}
