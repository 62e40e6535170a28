using System.Text.Json;
using FlowDispatch.Automations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Automations;

internal sealed class AutomationEntity
{
    public int Number { get; set; }

    public Guid Id { get; set; }

    public string OrganizationId { get; set; } = "";

    public AutomationStatus Status { get; set; }

    public string Name { get; set; } = "";

    public string TriggerType { get; set; } = "";

    public string Settings { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public void Take(Automation automation)
    {
        Status = automation.Status;
        Name = automation.Settings.Name;
        TriggerType = automation.Settings.TriggerType;
        Settings = JsonSerializer.Serialize(automation.Settings, JsonText.Options);
        UpdatedAt = automation.UpdatedAt;
    }

    public Automation ToAutomation() => new()
    {
        Id = new(Id),
        OrganizationId = OrganizationId,
        Status = Status,
        Settings = JsonSerializer.Deserialize<AutomationSettings>(Settings, JsonText.Options)!,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };
}

internal sealed class AutomationConfiguration : IEntityTypeConfiguration<AutomationEntity>
{
    public void Configure(EntityTypeBuilder<AutomationEntity> builder)
    {
        builder.ToTable("fd_automations");
        builder.HasKey(a => a.Number);
        builder.HasIndex(a => a.Id).IsUnique();
        builder.HasIndex(a => new { a.OrganizationId, a.Number });
    }
}
