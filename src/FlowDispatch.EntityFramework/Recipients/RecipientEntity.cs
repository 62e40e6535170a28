using FlowDispatch.Recipients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Recipients;

/// <summary>A recipient's row. Its writes are set-based, so it has a shape here and no mapping to and fro.</summary>
internal sealed class RecipientEntity
{
    /// <summary>The execution's number and the ordinal, packed by <see cref="PackedKey"/>.</summary>
    public long Key { get; set; }

    public int Execution { get; set; }

    public Guid ContactId { get; set; }

    public required string PhoneNumber { get; set; }

    public string? ContactName { get; set; }

    public string? TimeZone { get; set; }

    public required string Variables { get; set; }

    public RecipientStatus Status { get; set; }

    public Milestone Reached { get; set; }

    public bool Open { get; set; }

    public int Attempts { get; set; }

    public int StepAttempts { get; set; }

    public DateTimeOffset? NextAttemptAt { get; set; }

    public string? WaitingReason { get; set; }

    public DateTimeOffset? AttemptedAt { get; set; }

    public DateTimeOffset? InDoubtSince { get; set; }

    public bool FlowCompleted { get; set; }

    public string? FlowCurrentNode { get; set; }

    public string? FlowOutcome { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public string? ProviderMessageId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    public DateTimeOffset? ReadAt { get; set; }

    public DateTimeOffset? RepliedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public DateTimeOffset? FailedAt { get; set; }
}

internal sealed class RecipientConfiguration : IEntityTypeConfiguration<RecipientEntity>
{
    public void Configure(EntityTypeBuilder<RecipientEntity> builder)
    {
        builder.ToTable("fd_recipients");
        builder.HasKey(r => r.Key);
        builder.Property(r => r.Key).ValueGeneratedNever();

        // One index keeps a contact from being planned twice and finds a contact's latest recipient.
        builder.HasIndex(r => new { r.ContactId, r.Execution }).IsUnique();
        builder.HasIndex(r => r.ProviderMessageId).HasFilter("provider_message_id IS NOT NULL");
    }
}
