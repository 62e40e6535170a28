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

    /// <summary>The attempt that a receipt names; null for anything else.</summary>
    public string? Attempt { get; set; }
}

internal sealed class InboxConfiguration : IEntityTypeConfiguration<InboxEntity>
{
    public void Configure(EntityTypeBuilder<InboxEntity> builder)
    {
        builder.ToTable("fd_inbox");
        builder.HasKey(i => i.Id);
        builder.HasIndex(i => new { i.DueAt, i.Id });

        // Only of those that were put off: what is settled at once never touches it.
        builder.HasIndex(i => i.Attempt).HasFilter("tries > 0 AND attempt IS NOT NULL");
    }
}
