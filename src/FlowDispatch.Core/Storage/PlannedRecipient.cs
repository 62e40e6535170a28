using FlowDispatch.Contacts;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage;

/// <summary>A recipient that has no id yet: the store gives it its ordinal.</summary>
public sealed record PlannedRecipient
{
    /// <summary>The contact.</summary>
    public required ContactId ContactId { get; init; }

    /// <summary>The number, E.164 digits; empty where the contact was not found.</summary>
    public required string PhoneNumber { get; init; }

    /// <summary>The name.</summary>
    public string? ContactName { get; init; }

    /// <summary>Its IANA zone, as <see cref="Recipient.TimeZone"/> says; null when unknown.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The resolved variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = Recipient.NoVariables;

    /// <summary><see cref="RecipientStatus.Pending"/>, <see cref="RecipientStatus.Skipped"/> or <see cref="RecipientStatus.Failed"/>.</summary>
    public RecipientStatus Status { get; init; }

    /// <summary>Why it is skipped or failed.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The same in words.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The row that every store makes of it.</summary>
    public Recipient At(Executions.Execution execution, int ordinal, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(execution);
        return new()
        {
            Id = RecipientId.Create(execution.Number, ordinal, execution.CreatedAt),
            ExecutionId = execution.Id,
            ContactId = ContactId,
            PhoneNumber = PhoneNumber,
            ContactName = ContactName,
            TimeZone = TimeZone,
            Variables = Variables,
            Status = Status,
            Open = Status == RecipientStatus.Pending,
            ErrorCode = ErrorCode,
            ErrorMessage = ErrorMessage,
            FailedAt = Status == RecipientStatus.Failed ? now : null,
            CreatedAt = now,
        };
    }
}
