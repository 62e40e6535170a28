using System.Text.Json;
using FlowDispatch.Flows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Flows;

internal sealed class FlowEntity
{
    public int Number { get; set; }

    public Guid Id { get; set; }

    public required string OrganizationId { get; set; }

    /// <summary>The newest version.</summary>
    public int Version { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public Flow ToFlow(FlowVersionEntity version) => new()
    {
        Id = new(Id),
        OrganizationId = OrganizationId,
        Name = version.Name,
        Version = version.Version,
        Nodes = JsonSerializer.Deserialize<List<FlowNode>>(version.Nodes, JsonText.Options)!,
        CreatedAt = CreatedAt,
        UpdatedAt = version.UpdatedAt,
        DeletedAt = DeletedAt,
    };
}

internal sealed class FlowConfiguration : IEntityTypeConfiguration<FlowEntity>
{
    public void Configure(EntityTypeBuilder<FlowEntity> builder)
    {
        builder.ToTable("fd_flows");
        builder.HasKey(f => f.Number);
        builder.HasIndex(f => f.Id).IsUnique();
        builder.HasIndex(f => new { f.OrganizationId, f.Number });
    }
}
