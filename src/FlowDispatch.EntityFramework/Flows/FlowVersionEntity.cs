using System.Text.Json;
using FlowDispatch.Flows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Flows;

internal sealed class FlowVersionEntity
{
    public int Flow { get; set; }

    public int Version { get; set; }

    public required string Name { get; set; }

    public required string Nodes { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public static FlowVersionEntity From(int number, Flow flow) => new()
    {
        Flow = number,
        Version = flow.Version,
        Name = flow.Name,
        Nodes = JsonSerializer.Serialize(flow.Nodes, JsonText.Options),
        UpdatedAt = flow.UpdatedAt,
    };
}

internal sealed class FlowVersionConfiguration : IEntityTypeConfiguration<FlowVersionEntity>
{
    public void Configure(EntityTypeBuilder<FlowVersionEntity> builder)
    {
        builder.ToTable("fd_flow_versions");
        builder.HasKey(v => new { v.Flow, v.Version });
    }
}
