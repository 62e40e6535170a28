using FlowDispatch.Recipients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Recipients;

internal sealed class RecipientEventEntity
{
    public long Id { get; set; }

    public long Recipient { get; set; }

    public RecipientEventKind Kind { get; set; }

    public DateTimeOffset At { get; set; }

    public int Attempt { get; set; }

    public string? Code { get; set; }

    public string? Message { get; set; }

    public string? ProviderMessageId { get; set; }
}

internal sealed class RecipientEventConfiguration : IEntityTypeConfiguration<RecipientEventEntity>
{
    public void Configure(EntityTypeBuilder<RecipientEventEntity> builder)
    {
        builder.ToTable("fd_recipient_events");
        builder.HasKey(e => e.Id);
        builder.HasIndex(e => e.Recipient);
    }
}
