namespace FlowDispatch.Executions;

/// <summary>The sums of an automation's executions without test runs, those that were pruned included.</summary>
/// <param name="Executions">How many there are.</param>
/// <param name="Counters">Their counters.</param>
/// <param name="LastExecutionAt">When the newest was made; null without any.</param>
/// <param name="LastExecutionId">The newest; null without any.</param>
public sealed record AutomationTotals(int Executions, ExecutionCounters Counters, DateTimeOffset? LastExecutionAt, ExecutionId? LastExecutionId)
{
    /// <summary>The sums of both; the newest is that of <paramref name="later"/> where that is as new.</summary>
    public static AutomationTotals operator +(AutomationTotals earlier, AutomationTotals later)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(later);
        var last = later.LastExecutionAt is null || earlier.LastExecutionAt > later.LastExecutionAt ? earlier : later;
        return new(earlier.Executions + later.Executions, earlier.Counters + later.Counters, last.LastExecutionAt, last.LastExecutionId);
    }

    /// <summary>The sums of both.</summary>
    public static AutomationTotals Add(AutomationTotals left, AutomationTotals right) => left + right;
}
