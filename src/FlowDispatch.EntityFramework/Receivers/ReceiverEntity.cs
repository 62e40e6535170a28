using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Receivers;

/// <summary>A time in which one process took receipts in without a gap.</summary>
internal sealed class ReceiverEntity
{
    public required string Name { get; set; }

    public DateTimeOffset Since { get; set; }

    public DateTimeOffset LastBeatAt { get; set; }

    public bool Ended { get; set; }
}

internal sealed class ReceiverConfiguration : IEntityTypeConfiguration<ReceiverEntity>
{
    public void Configure(EntityTypeBuilder<ReceiverEntity> builder)
    {
        builder.ToTable("fd_receivers");
        builder.HasKey(r => r.Name);
    }
}
