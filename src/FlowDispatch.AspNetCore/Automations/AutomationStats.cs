using FlowDispatch.Executions;

namespace FlowDispatch.AspNetCore.Automations;

/// <summary>An automation's sums and rates; a rate is in percent, null where nothing is there to divide by.</summary>
internal sealed record AutomationStats
{
    public required Guid AutomationId { get; init; }

    public int TotalExecutions { get; init; }

    public int TotalSent { get; init; }

    public int TotalDelivered { get; init; }

    public int TotalRead { get; init; }

    public int TotalReplied { get; init; }

    public int TotalCompleted { get; init; }

    public int TotalFailed { get; init; }

    public double? DeliveryRate { get; init; }

    public double? ReadRate { get; init; }

    public double? ReplyRate { get; init; }

    public double? CompletionRate { get; init; }

    public double? FailureRate { get; init; }

    public Guid? LastExecutionId { get; init; }

    public DateTimeOffset? LastExecutionAt { get; init; }

    /// <summary>Always null: automations of this version start by hand.</summary>
    public DateTimeOffset? NextScheduledAt { get; init; }

    public static AutomationStats Of(Guid automation, AutomationTotals totals)
    {
        var counters = totals.Counters;
        return new()
        {
            AutomationId = automation,
            TotalExecutions = totals.Executions,
            TotalSent = counters.Sent,
            TotalDelivered = counters.Delivered,
            TotalRead = counters.Read,
            TotalReplied = counters.Replied,
            TotalCompleted = counters.Completed,
            TotalFailed = counters.Failed,
            DeliveryRate = Percent(counters.Delivered, counters.Sent),
            ReadRate = Percent(counters.Read, counters.Delivered),
            ReplyRate = Percent(counters.Replied, counters.Sent),
            CompletionRate = Percent(counters.Completed, counters.Sent),
            FailureRate = Percent(counters.Failed, counters.Sent + counters.Failed),
            LastExecutionId = totals.LastExecutionId?.Value,
            LastExecutionAt = totals.LastExecutionAt,
        };
    }

    private static double? Percent(int part, int whole) => whole == 0 ? null : Math.Round(100.0 * part / whole, 2);
}
