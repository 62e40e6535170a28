using FlowDispatch.Automations;
using FlowDispatch.Executions;

namespace FlowDispatch.Variables;

/// <summary>For whom values are wanted.</summary>
public sealed record VariableRequest
{
    /// <summary>The tenant.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>Whose run it is.</summary>
    public required AutomationId AutomationId { get; init; }

    /// <summary>The execution; a repair is one of its own. In a preview an id that nothing else has.</summary>
    public required ExecutionId ExecutionId { get; init; }

    /// <summary>True for a test run: its few people are really written to.</summary>
    public bool TestMode { get; init; }

    /// <summary>From 1 to 1,000, no contact twice.</summary>
    public required IReadOnlyList<VariablePerson> People { get; init; }
}
