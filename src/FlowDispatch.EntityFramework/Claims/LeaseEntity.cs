using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Claims;

internal sealed class LeaseEntity
{
    public long Token { get; set; }

    public int Execution { get; set; }

    public Guid AutomationId { get; set; }

    public required string Node { get; set; }

    public int Slots { get; set; }

    public DateTimeOffset Until { get; set; }

    public long Committed { get; set; }
}

internal sealed class LeaseConfiguration : IEntityTypeConfiguration<LeaseEntity>
{
    public void Configure(EntityTypeBuilder<LeaseEntity> builder)
    {
        builder.ToTable("fd_leases");
        builder.HasKey(l => l.Token);
        builder.HasIndex(l => l.AutomationId);
        builder.HasIndex(l => l.Execution);
    }
}
