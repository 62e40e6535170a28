using FlowDispatch.Automations;
using FlowDispatch.Executions;

namespace FlowDispatch.Variables;

/// <summary>Who of an ended execution never got their values.</summary>
public sealed record VariableReturn
{
    /// <summary>The tenant.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>Whose run it was.</summary>
    public required AutomationId AutomationId { get; init; }

    /// <summary>The execution.</summary>
    public required ExecutionId ExecutionId { get; init; }

    /// <summary>True for a test run.</summary>
    public bool TestMode { get; init; }

    /// <summary>From 1 to 1,000, no contact twice.</summary>
    public required IReadOnlyList<ReturnedPerson> People { get; init; }
}
