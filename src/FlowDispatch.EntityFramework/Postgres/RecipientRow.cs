using System.Data.Common;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>A recipient as its columns hold it.</summary>
internal static class RecipientRow
{
    /// <summary>What <see cref="Read"/> expects, from the table as <c>r</c>.</summary>
    public const string Columns = """
        r.key, r.contact_id, r.phone_number, r.variables, r.status, r.reached, r.open, r.attempts, r.step_attempts, r.flow_completed, r.created_at,
        r.contact_name, r.time_zone, r.next_attempt_at, r.waiting_reason, r.in_doubt_since, r.flow_current_node, r.flow_outcome, r.error_code,
        r.error_message, r.provider_message_id, r.sent_at, r.delivered_at, r.read_at, r.replied_at, r.completed_at, r.failed_at, r.attempted_at
        """;

    /// <summary>How many columns <see cref="Columns"/> are.</summary>
    public const int Width = 28;

    /// <summary>What <see cref="ReadPlanned"/> expects, from the table as <c>r</c>.</summary>
    public const string PlannedColumns = "r.key, r.contact_id, r.phone_number, r.variables, r.created_at, r.contact_name, r.time_zone";

    /// <summary>How many columns <see cref="PlannedColumns"/> are.</summary>
    public const int PlannedWidth = 7;

    /// <summary>Whether an open recipient is as it was planned: all that is not among <see cref="PlannedColumns"/> says nothing.</summary>
    public const string AsPlanned = """
        (r.status = 0 AND r.reached = 0 AND r.attempts = 0 AND r.step_attempts = 0 AND NOT r.flow_completed
            AND num_nonnulls(r.next_attempt_at, r.waiting_reason, r.in_doubt_since, r.flow_current_node, r.flow_outcome, r.error_code, r.error_message,
                r.provider_message_id, r.sent_at, r.delivered_at, r.read_at, r.replied_at, r.completed_at, r.failed_at, r.attempted_at) = 0)
        """;

    /// <summary>The recipient has no entry in the due queue. A scalar look-up: as a condition of its own it would be joined, at times by reading the whole queue.</summary>
    public const string NotQueued = "(SELECT 1 FROM fd_due q WHERE q.key = r.key) IS NULL";

    /// <summary>
    /// The status as users see it: a pending row is in a sender's hands where its due entry is marked, or where it has
    /// none and a leased slice has passed it.
    /// </summary>
    public const string Shown = $"CASE WHEN r.status = 0 AND {Unanswered} THEN 1 ELSE r.status END";

    /// <summary>Whether an attempt is marked and has no outcome.</summary>
    public const string Unanswered = $"(r.open AND {OpenUnanswered})";

    /// <summary>The same of an open recipient, of whom it needs the key alone.</summary>
    public const string OpenUnanswered = """
        COALESCE(
            (SELECT d.marked FROM fd_due d WHERE d.key = r.key),
            (SELECT s.token IS NOT NULL AND r.key < s.key + s.position FROM fd_slices s WHERE s.key <= r.key ORDER BY s.key DESC LIMIT 1),
            FALSE)
        """;

    /// <summary>The open recipient at the reader, who is as it was planned.</summary>
    public static Recipient ReadPlanned(DbDataReader row, ExecutionHead execution) => new()
    {
        Id = execution.RecipientAt(PackedKey.Place(row.GetInt64(0))),
        ExecutionId = execution.Id,
        ContactId = new(row.GetGuid(1)),
        PhoneNumber = row.GetString(2),
        Variables = VariableText.Read(row.GetString(3)),
        Open = true,
        CreatedAt = row.Instant(4),
        ContactName = row.TextOrNull(5),
        TimeZone = row.TextOrNull(6),
    };

    /// <summary>The row at the reader; its status is the stored one unless <paramref name="statusColumn"/> says where another stands.</summary>
    public static Recipient Read(DbDataReader row, ExecutionHead execution, int statusColumn = 4) => new()
    {
        Id = execution.RecipientAt(PackedKey.Place(row.GetInt64(0))),
        ExecutionId = execution.Id,
        ContactId = new(row.GetGuid(1)),
        PhoneNumber = row.GetString(2),
        Variables = VariableText.Read(row.GetString(3)),
        Status = (RecipientStatus)row.GetInt32(statusColumn),
        Reached = (Milestone)row.GetInt32(5),
        Open = row.GetBoolean(6),
        Attempts = row.GetInt32(7),
        StepAttempts = row.GetInt32(8),
        FlowCompleted = row.GetBoolean(9),
        CreatedAt = row.Instant(10),
        ContactName = row.TextOrNull(11),
        TimeZone = row.TextOrNull(12),
        NextAttemptAt = row.InstantOrNull(13),
        WaitingReason = row.TextOrNull(14),
        InDoubtSince = row.InstantOrNull(15),
        FlowCurrentNode = row.TextOrNull(16),
        FlowOutcome = row.TextOrNull(17),
        ErrorCode = row.TextOrNull(18),
        ErrorMessage = row.TextOrNull(19),
        ProviderMessageId = row.TextOrNull(20),
        SentAt = row.InstantOrNull(21),
        DeliveredAt = row.InstantOrNull(22),
        ReadAt = row.InstantOrNull(23),
        RepliedAt = row.InstantOrNull(24),
        CompletedAt = row.InstantOrNull(25),
        FailedAt = row.InstantOrNull(26),
        AttemptedAt = row.InstantOrNull(27),
    };
}
