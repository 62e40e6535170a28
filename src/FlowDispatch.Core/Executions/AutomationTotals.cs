namespace FlowDispatch.Executions;

/// <summary>The sums of an automation's executions without test runs.</summary>
/// <param name="Executions">How many there are.</param>
/// <param name="Counters">Their counters.</param>
/// <param name="LastExecutionAt">When the newest was made; null without any.</param>
/// <param name="LastExecutionId">The newest; null without any.</param>
public sealed record AutomationTotals(int Executions, ExecutionCounters Counters, DateTimeOffset? LastExecutionAt, ExecutionId? LastExecutionId);
