using FlowDispatch.Automations;

namespace FlowDispatch.Executions;

/// <summary>One run of an automation.</summary>
public sealed record Execution
{
    /// <summary>The execution's id.</summary>
    public required ExecutionId Id { get; init; }

    /// <summary>The store's own number of it, from 1, given when it is created; recipients' ids hold it.</summary>
    public int Number { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>Whose run it is.</summary>
    public required AutomationId AutomationId { get; init; }

    /// <summary>The settings and flow it runs with.</summary>
    public required ExecutionSnapshot Snapshot { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Why it is paused or cancelled, or while it runs why planning has to wait, in words; null where nobody said.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Why it failed as a whole.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>True when pausing the automation paused it, so that resuming the automation resumes it.</summary>
    public bool PausedByAutomation { get; init; }

    /// <summary>What it was started by.</summary>
    public ExecutionType Type { get; init; }

    /// <summary>The event that started it, like <c>cron</c>; null for a manual start.</summary>
    public string? TriggeredByEvent { get; init; }

    /// <summary>The execution whose recipients it repairs; null for an ordinary one.</summary>
    public ExecutionId? RepairOf { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a node first took it up.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its audience was fully planned; null while the total still grows.</summary>
    public DateTimeOffset? PlannedAt { get; init; }

    /// <summary>When it ended, in whatever way.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How far its recipients have come.</summary>
    public ExecutionCounters Counters { get; init; }

    /// <summary>What its error budget no longer counts: the results there were when a person last resumed it.</summary>
    public ForgivenResults Forgiven { get; init; }

    /// <summary>
    /// True from before a variable source that takes values back was first asked, until it was told who ended without them.
    /// It turns true only while the execution is open, and false only when it has ended.
    /// </summary>
    public bool OwesReturns { get; init; }

    /// <summary>True while recipients may still be handed to a sender, now or after a resume.</summary>
    public bool IsOpen => Status is ExecutionStatus.Queued or ExecutionStatus.Running or ExecutionStatus.Paused;
}
