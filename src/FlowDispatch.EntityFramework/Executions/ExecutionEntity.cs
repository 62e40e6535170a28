using System.Text.Json;
using FlowDispatch.Executions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FlowDispatch.EntityFramework.Executions;

internal sealed class ExecutionEntity
{
    public int Number { get; set; }

    public Guid Id { get; set; }

    public required string OrganizationId { get; set; }

    public Guid AutomationId { get; set; }

    public ExecutionStatus Status { get; set; }

    public string? StatusReason { get; set; }

    public string? ErrorMessage { get; set; }

    public bool PausedByAutomation { get; set; }

    public ExecutionType Type { get; set; }

    public string? TriggeredByEvent { get; set; }

    public Guid? RepairOf { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? PlannedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public bool OwesReturns { get; set; }

    // What the snapshot says too, where queries and nodes need it without reading the snapshot.
    public required string ChannelId { get; set; }

    public int Priority { get; set; }

    public int MaxConcurrent { get; set; }

    public bool TestMode { get; set; }

    // Planning: a lease that ended, or was given back, leaves an instant that is past.
    public long PlanToken { get; set; }

    public DateTimeOffset? PlanUntil { get; set; }

    public string? PlanPosition { get; set; }

    public int NextOrdinal { get; set; }

    // Last, because it is long: SQLite reads the columns before it without touching its pages.
    public required string Snapshot { get; set; }

    public static ExecutionEntity From(Execution execution) => new()
    {
        Id = execution.Id.Value,
        OrganizationId = execution.OrganizationId,
        AutomationId = execution.AutomationId.Value,
        Status = execution.Status,
        StatusReason = execution.StatusReason,
        ErrorMessage = execution.ErrorMessage,
        PausedByAutomation = execution.PausedByAutomation,
        Type = execution.Type,
        TriggeredByEvent = execution.TriggeredByEvent,
        RepairOf = execution.RepairOf?.Value,
        CreatedAt = execution.CreatedAt,
        StartedAt = execution.StartedAt,
        PlannedAt = execution.PlannedAt,
        CompletedAt = execution.CompletedAt,
        OwesReturns = execution.OwesReturns,
        ChannelId = execution.Snapshot.Settings.ChannelId,
        Priority = execution.Snapshot.Settings.Priority,
        MaxConcurrent = execution.Snapshot.Settings.MaxConcurrentExecutions,
        TestMode = execution.Snapshot.TestMode,
        Snapshot = JsonSerializer.Serialize(execution.Snapshot, JsonText.Options),
    };

    public void Take(Execution changed)
    {
        Status = changed.Status;
        StatusReason = changed.StatusReason;
        ErrorMessage = changed.ErrorMessage;
        PausedByAutomation = changed.PausedByAutomation;
        StartedAt = changed.StartedAt;
        PlannedAt = changed.PlannedAt;
        CompletedAt = changed.CompletedAt;
        OwesReturns = changed.OwesReturns;
    }

    public Execution ToExecution(CountersEntity counters) => new()
    {
        Id = new(Id),
        Number = Number,
        OrganizationId = OrganizationId,
        AutomationId = new(AutomationId),
        Snapshot = JsonSerializer.Deserialize<ExecutionSnapshot>(Snapshot, JsonText.Options)!,
        Status = Status,
        StatusReason = StatusReason,
        ErrorMessage = ErrorMessage,
        PausedByAutomation = PausedByAutomation,
        Type = Type,
        TriggeredByEvent = TriggeredByEvent,
        RepairOf = RepairOf is { } repaired ? new(repaired) : null,
        CreatedAt = CreatedAt,
        StartedAt = StartedAt,
        PlannedAt = PlannedAt,
        CompletedAt = CompletedAt,
        OwesReturns = OwesReturns,
        Counters = counters.ToCounters(),
        Forgiven = new(counters.ForgivenSent, counters.ForgivenFailed),
    };
}

internal sealed class ExecutionConfiguration : IEntityTypeConfiguration<ExecutionEntity>
{
    public void Configure(EntityTypeBuilder<ExecutionEntity> builder)
    {
        builder.ToTable("fd_executions");
        builder.HasKey(e => e.Number);
        builder.HasIndex(e => e.Id).IsUnique();
        builder.HasIndex(e => new { e.OrganizationId, e.Number });
        builder.HasIndex(e => new { e.AutomationId, e.Number });

        // Small whatever the number of past executions: nodes read it all the time.
        builder.HasIndex(e => e.Number, "IX_fd_executions_open").HasFilter("status IN (0, 1, 2)");

        // And these are those of ended ones that nodes still look for.
        builder.HasIndex(e => e.Number, "IX_fd_executions_owing").HasFilter("owes_returns");

        // Pruning begins with the one that ended first.
        builder.HasIndex(e => e.CompletedAt, "IX_fd_executions_ended").HasFilter("status IN (3, 4, 5)");
    }
}
