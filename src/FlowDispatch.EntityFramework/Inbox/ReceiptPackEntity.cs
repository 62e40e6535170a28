using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Inbox;

/// <summary>Receipts that came in together and are not settled, as a row (<see cref="ReceiptPack"/>).</summary>
internal sealed class ReceiptPackEntity
{
    public long Number { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public int Count { get; set; }

    public required byte[] Receipts { get; set; }
}

internal sealed class ReceiptPackConfiguration : IEntityTypeConfiguration<ReceiptPackEntity>
{
    public void Configure(EntityTypeBuilder<ReceiptPackEntity> builder)
    {
        builder.ToTable("fd_inbox_packs");
        builder.HasKey(p => p.Number);
    }
}
