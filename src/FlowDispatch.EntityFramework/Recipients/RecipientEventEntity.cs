using FlowDispatch.Recipients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Recipients;

internal sealed class RecipientEventEntity
{
    /// <summary>What the providers' <c>RecipientEventRow</c> read.</summary>
    public const string Columns = "kind, at, attempt, code, message, provider_message_id";

    /// <summary>How many columns <see cref="Columns"/> are.</summary>
    public const int Width = 6;

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
