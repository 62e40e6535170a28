using FlowDispatch.Executions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Executions;

/// <summary>An execution's counters, apart from its wide row because every group of outcomes writes them.</summary>
internal sealed class CountersEntity
{
    public int Execution { get; set; }

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

    public int InDoubt { get; set; }

    public int Open { get; set; }

    // Beside what they are taken from, where nodes that watch the error budget read both.
    public int ForgivenSent { get; set; }

    public int ForgivenFailed { get; set; }

    public ExecutionCounters ToCounters() => new()
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
        InDoubt = InDoubt,
        Open = Open,
    };
}

internal sealed class CountersConfiguration : IEntityTypeConfiguration<CountersEntity>
{
    public void Configure(EntityTypeBuilder<CountersEntity> builder)
    {
        builder.ToTable("fd_counters");
        builder.HasKey(c => c.Execution);
        builder.Property(c => c.Execution).ValueGeneratedNever();

        // Cancelled executions with people still to be closed are found among these few.
        builder.HasIndex(c => c.Execution, "IX_fd_counters_open").HasFilter("open > 0");
    }
}
