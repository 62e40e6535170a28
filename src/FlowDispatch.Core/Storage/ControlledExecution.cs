using FlowDispatch.Executions;

namespace FlowDispatch.Storage;

/// <summary>One execution as nodes watch it.</summary>
public sealed record ControlledExecution
{
    /// <summary>Its number.</summary>
    public required int Number { get; init; }

    /// <summary>Its status.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Its automation's priority.</summary>
    public int Priority { get; init; }

    /// <summary>True once its audience is fully planned.</summary>
    public bool Planned { get; init; }

    /// <summary>Recipients whose run has not ended.</summary>
    public int Open { get; init; }

    /// <summary>Those the provider took a message for.</summary>
    public int Sent { get; init; }

    /// <summary>Those whose status is failed.</summary>
    public int Failed { get; init; }

    /// <summary>What its error budget no longer counts of these.</summary>
    public ForgivenResults Forgiven { get; init; }

    /// <summary>True when a slice can be claimed.</summary>
    public bool HasSlices { get; init; }

    /// <summary>The earliest entry of the due queue that nobody holds; null when there is none.</summary>
    public DateTimeOffset? NextDueAt { get; init; }
}
