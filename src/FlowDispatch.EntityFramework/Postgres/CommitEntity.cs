using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>A commit of a lease that is made, with what it adds to the execution's counters; the counters take in a few dozen at a time.</summary>
/// <remarks>
/// A row that every commit rewrote would leave as many old versions behind, and while a snapshot is held open somewhere
/// none goes away and each look-up passes them all. It would also make the nodes of an execution wait for each other.
/// </remarks>
internal sealed class CommitEntity
{
    /// <summary>The lease's.</summary>
    public long Token { get; set; }

    /// <summary>The commit's place; above the lease's own <c>committed</c>, up to which the counters have taken them in.</summary>
    public long Number { get; set; }

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

    /// <summary>The codes with which people failed or were skipped; nearly always none.</summary>
    public required string[] Codes { get; set; }

    /// <summary>How many with each, in the same order.</summary>
    public required int[] Counts { get; set; }
}

internal sealed class CommitConfiguration : IEntityTypeConfiguration<CommitEntity>
{
    public void Configure(EntityTypeBuilder<CommitEntity> builder)
    {
        builder.ToTable("fd_commits");
        builder.HasKey(c => new { c.Token, c.Number });
    }
}
