using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Inbox;

internal sealed class InboxEntity
{
    public long Id { get; set; }

    public required string Event { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public int Tries { get; set; }
}

internal sealed class InboxConfiguration : IEntityTypeConfiguration<InboxEntity>
{
    public void Configure(EntityTypeBuilder<InboxEntity> builder)
    {
        builder.ToTable("fd_inbox");
        builder.HasKey(i => i.Id);
        builder.HasIndex(i => new { i.DueAt, i.Id });
    }
}
