using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Contacts;

/// <summary>A person's last conversation on a channel.</summary>
internal sealed class ConversationEntity
{
    public required string ChannelId { get; set; }

    public Guid ContactId { get; set; }

    public required string OrganizationId { get; set; }

    public DateTimeOffset At { get; set; }

    public DateTimeOffset Since { get; set; }
}

internal sealed class ConversationConfiguration : IEntityTypeConfiguration<ConversationEntity>
{
    public void Configure(EntityTypeBuilder<ConversationEntity> builder)
    {
        builder.ToTable("fd_conversations");
        builder.HasKey(c => new { c.ChannelId, c.ContactId });
    }
}
