using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Receivers;

/// <summary>The latest attempt on a channel about which a report came in within five seconds.</summary>
internal sealed class ReceiptNoteEntity
{
    public required string ChannelId { get; set; }

    public DateTimeOffset ArrivedAt { get; set; }

    public DateTimeOffset AttemptedAt { get; set; }
}

internal sealed class ReceiptNoteConfiguration : IEntityTypeConfiguration<ReceiptNoteEntity>
{
    public void Configure(EntityTypeBuilder<ReceiptNoteEntity> builder)
    {
        builder.ToTable("fd_receipt_notes");
        builder.HasKey(n => new { n.ChannelId, n.ArrivedAt });
    }
}
