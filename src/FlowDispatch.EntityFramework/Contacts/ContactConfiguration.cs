using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Contacts;

internal sealed class ContactConfiguration : IEntityTypeConfiguration<ContactEntity>
{
    public void Configure(EntityTypeBuilder<ContactEntity> builder)
    {
        builder.ToTable("fd_contacts");

        // The organization leads: every look-up names it, and a listing walks one tenant's contacts by id.
        builder.HasKey(c => new { c.OrganizationId, c.Id });
        builder.HasIndex(c => new { c.OrganizationId, c.Number }).IsUnique();
    }
}
