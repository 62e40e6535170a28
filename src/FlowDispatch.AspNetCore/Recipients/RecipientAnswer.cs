using FlowDispatch.Recipients;

namespace FlowDispatch.AspNetCore.Recipients;

/// <summary>A recipient as users see it.</summary>
internal record RecipientAnswer
{
    public required Guid Id { get; init; }

    public required Guid ExecutionId { get; init; }

    public required Guid ContactId { get; init; }

    public string? PhoneNumber { get; init; }

    public string? ContactName { get; init; }

    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    public required RecipientStatus Status { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public string? WaitingReason { get; init; }

    public bool FlowCompleted { get; init; }

    public string? FlowCurrentNode { get; init; }

    public string? FlowOutcome { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public string? ProviderMessageId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public DateTimeOffset? DeliveredAt { get; init; }

    public DateTimeOffset? ReadAt { get; init; }

    public DateTimeOffset? RepliedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    public static RecipientAnswer Of(Recipient row) => new()
    {
        Id = row.Id.Value,
        ExecutionId = row.ExecutionId.Value,
        ContactId = row.ContactId.Value,
        PhoneNumber = row.PhoneNumber.Length == 0 ? null : row.PhoneNumber,
        ContactName = row.ContactName,
        Variables = row.Variables,
        Status = row.Status,
        Attempts = row.Attempts,
        NextAttemptAt = row.NextAttemptAt,
        WaitingReason = row.WaitingReason,
        FlowCompleted = row.FlowCompleted,
        FlowCurrentNode = row.FlowCurrentNode,
        FlowOutcome = row.FlowOutcome,
        ErrorCode = row.ErrorCode,
        ErrorMessage = row.ErrorMessage,
        ProviderMessageId = row.ProviderMessageId,
        CreatedAt = row.CreatedAt,
        SentAt = row.SentAt,
        DeliveredAt = row.DeliveredAt,
        ReadAt = row.ReadAt,
        RepliedAt = row.RepliedAt,
        CompletedAt = row.CompletedAt,
        FailedAt = row.FailedAt,
    };
}
