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

    /// <summary>True for a test run: it goes to <see cref="TestContactIds"/> alone and stays out of the automation's totals.</summary>
    public bool TestMode { get; init; }

    /// <summary>The only people a test run reaches.</summary>
    public IReadOnlyList<ContactId> TestContactIds { get; init; } = [];
}
