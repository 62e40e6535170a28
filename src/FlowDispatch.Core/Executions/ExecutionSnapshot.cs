using FlowDispatch.Automations;
using FlowDispatch.Contacts;
using FlowDispatch.Flows;

namespace FlowDispatch.Executions;

/// <summary>What an execution froze when it started: later edits of automation and flow do not reach it.</summary>
public sealed record ExecutionSnapshot
{
    /// <summary>The automation's settings.</summary>
    public required AutomationSettings Settings { get; init; }

    /// <summary>The flow's version.</summary>
    public required int FlowVersion { get; init; }

    /// <summary>The flow's nodes.</summary>
    public required IReadOnlyList<FlowNode> FlowNodes { get; init; }

    /// <summary>The roots of the host's variable sources that the mapping reads: a node that has one of them not can't plan it.</summary>
    public IReadOnlyList<string> VariableSources { get; init; } = [];

    /// <summary>True for a test run: it goes to <see cref="TestContactIds"/> alone and stays out of the automation's totals.</summary>
    public bool TestMode { get; init; }

    /// <summary>The only people a test run reaches.</summary>
    public IReadOnlyList<ContactId> TestContactIds { get; init; } = [];

    /// <summary>Whom of <see cref="Execution.RepairOf"/> it goes to, instead of the settings' audience; null for an ordinary execution.</summary>
    public RepairRequest? Repair { get; init; }

    /// <summary>
    /// For a repair, the execution whose audience first named the people and knows their rows: the repaired one, or where
    /// that is a repair too, the one it all began with.
    /// </summary>
    public ExecutionId? RowsOf { get; init; }
}
