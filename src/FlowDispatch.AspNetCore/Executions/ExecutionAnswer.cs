using FlowDispatch.Executions;

namespace FlowDispatch.AspNetCore.Executions;

/// <summary>An execution as users see it.</summary>
internal record ExecutionAnswer
{
    public required Guid Id { get; init; }

    public required Guid AutomationId { get; init; }

    public required ExecutionStatus Status { get; init; }

    public required ExecutionType ExecutionType { get; init; }

    public string? TriggeredByEvent { get; init; }

    public bool TestMode { get; init; }

    public Guid? RepairOf { get; init; }

    public int FlowVersion { get; init; }

    public int TotalRecipients { get; init; }

    public int MessagesSent { get; init; }

    public int MessagesDelivered { get; init; }

    public int MessagesRead { get; init; }

    public int MessagesReplied { get; init; }

    public int MessagesCompleted { get; init; }

    public int MessagesFailed { get; init; }

    public int RecipientsSkipped { get; init; }

    public int RecipientsCancelled { get; init; }

    public int RecipientsPending { get; init; }

    public int RecipientsInDoubt { get; init; }

    public string? ErrorMessage { get; init; }

    public string? StatusReason { get; init; }

    public required IReadOnlyList<ErrorCount> Errors { get; init; }

    /// <summary>Whose run has ended, in percent of those planned; null while nobody is.</summary>
    public double? ProgressPercentage { get; init; }

    public DateTimeOffset? EstimatedCompletionTime { get; init; }

    /// <summary>Recipients sent to for each minute since it was taken up; null before.</summary>
    public double? MessagesPerMinute { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? PlannedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public static ExecutionAnswer Of(Execution execution, IReadOnlyList<ErrorCount> errors, DateTimeOffset? finish, DateTimeOffset now)
    {
        var counters = execution.Counters;
        return new()
        {
            Id = execution.Id.Value,
            AutomationId = execution.AutomationId.Value,
            Status = execution.Status,
            ExecutionType = execution.Type,
            TriggeredByEvent = execution.TriggeredByEvent,
            TestMode = execution.Snapshot.TestMode,
            RepairOf = execution.RepairOf?.Value,
            FlowVersion = execution.Snapshot.FlowVersion,
            TotalRecipients = counters.Total,
            MessagesSent = counters.Sent,
            MessagesDelivered = counters.Delivered,
            MessagesRead = counters.Read,
            MessagesReplied = counters.Replied,
            MessagesCompleted = counters.Completed,
            MessagesFailed = counters.Failed,
            RecipientsSkipped = counters.Skipped,
            RecipientsCancelled = counters.Cancelled,
            RecipientsPending = counters.Pending,
            RecipientsInDoubt = counters.InDoubt,
            ErrorMessage = execution.ErrorMessage,
            StatusReason = execution.StatusReason,
            Errors = errors,
            ProgressPercentage = Progress(execution),
            EstimatedCompletionTime = finish,
            MessagesPerMinute = execution.StartedAt is null ? null : Math.Round(counters.Sent / Elapsed(execution, now).TotalMinutes, 2),
            CreatedAt = execution.CreatedAt,
            StartedAt = execution.StartedAt,
            PlannedAt = execution.PlannedAt,
            CompletedAt = execution.CompletedAt,
        };
    }

    private static double? Progress(Execution execution)
    {
        var counters = execution.Counters;
        return execution.Status == ExecutionStatus.Completed ? 100
            : counters.Total == 0 ? null
            : Math.Floor(10_000.0 * (counters.Total - counters.Open) / counters.Total) / 100;
    }

    private static TimeSpan Elapsed(Execution execution, DateTimeOffset now)
    {
        var elapsed = (execution.CompletedAt ?? now) - execution.StartedAt!.Value;
        return elapsed > TimeSpan.FromSeconds(1) ? elapsed : TimeSpan.FromSeconds(1);
    }
}
