using FlowDispatch.Executions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Retention;

/// <summary>What pruned executions left of their automation's sums.</summary>
internal sealed class KeptTotalsEntity
{
    public Guid AutomationId { get; set; }

    public int Executions { get; set; }

    public int Total { get; set; }

    public int Sent { get; set; }

    public int Delivered { get; set; }

    public int Read { get; set; }

    public int Replied { get; set; }

    public int Completed { get; set; }

    public int Failed { get; set; }

    public int Skipped { get; set; }

    public int Cancelled { get; set; }

    public int Pending { get; set; }

    public int Open { get; set; }

    /// <summary>The number of the newest of them, then its id and when it was made.</summary>
    public int LastNumber { get; set; }

    public Guid LastId { get; set; }

    public DateTimeOffset LastAt { get; set; }

    public AutomationTotals ToTotals() => new(
        Executions,
        new()
        {
            Total = Total,
            Sent = Sent,
            Delivered = Delivered,
            Read = Read,
            Replied = Replied,
            Completed = Completed,
            Failed = Failed,
            Skipped = Skipped,
            Cancelled = Cancelled,
            Pending = Pending,
            Open = Open,
        },
        LastAt,
        new(LastId));
}

internal sealed class KeptTotalsConfiguration : IEntityTypeConfiguration<KeptTotalsEntity>
{
    public void Configure(EntityTypeBuilder<KeptTotalsEntity> builder)
    {
        builder.ToTable("fd_kept_totals");
        builder.HasKey(t => t.AutomationId);
        builder.Property(t => t.AutomationId).ValueGeneratedNever();
    }
}
