namespace FlowDispatch.Executions;

/// <summary>How many recipients of an execution failed or were skipped with one code.</summary>
public sealed record ErrorCount(string Code, int Count);
