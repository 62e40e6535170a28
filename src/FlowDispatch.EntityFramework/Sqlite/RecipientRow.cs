using System.Data.Common;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A recipient as its columns hold it.</summary>
internal static class RecipientRow
{
    /// <summary>What <see cref="Read"/> expects, from the table as <c>r</c>.</summary>
    public const string Columns = """
        r.key, r.contact_id, r.phone_number, r.contact_name, r.time_zone, r.variables, r.status, r.reached, r.open,
        r.attempts, r.step_attempts, r.next_attempt_at, r.waiting_reason, r.in_doubt_since, r.flow_completed,
        r.flow_current_node, r.flow_outcome, r.error_code, r.error_message, r.provider_message_id, r.created_at,
        r.sent_at, r.delivered_at, r.read_at, r.replied_at, r.completed_at, r.failed_at
        """;

    /// <summary>How many columns <see cref="Columns"/> are.</summary>
    public const int Width = 27;

    /// <summary>
    /// The status as users see it: a pending row is in a sender's hands where its due entry is marked, or where it has
    /// none and a leased slice has passed it. Needs the due entry as <c>d</c>.
    /// </summary>
    public const string Shown = """
        CASE WHEN r.status = 0 AND r.open = 1 AND
            CASE WHEN d.key IS NOT NULL THEN d.marked
            ELSE EXISTS (
                SELECT 1 FROM fd_slices s
                WHERE s.key = (SELECT MAX(k.key) FROM fd_slices k WHERE k.key <= r.key) AND s.token IS NOT NULL AND r.key < s.key + s.position)
            END THEN 1 ELSE r.status END
        """;

    public const string FromShown = "FROM fd_recipients r LEFT JOIN fd_due d ON d.key = r.key";

    /// <summary>The row at the reader; its status is the stored one unless <paramref name="statusColumn"/> says where another stands.</summary>
    public static Recipient Read(DbDataReader row, ExecutionHead execution, int statusColumn = 6) => new()
    {
        Id = execution.RecipientAt(PackedKey.Place(row.GetInt64(0))),
        ExecutionId = execution.Id,
        ContactId = new(row.Id(1)),
        PhoneNumber = row.GetString(2),
        ContactName = row.TextOrNull(3),
        TimeZone = row.TextOrNull(4),
        Variables = VariableText.Parse(row.GetString(5)),
        Status = (RecipientStatus)row.GetInt32(statusColumn),
        Reached = (Milestone)row.GetInt32(7),
        Open = row.GetInt32(8) != 0,
        Attempts = row.GetInt32(9),
        StepAttempts = row.GetInt32(10),
        NextAttemptAt = row.InstantOrNull(11),
        WaitingReason = row.TextOrNull(12),
        InDoubtSince = row.InstantOrNull(13),
        FlowCompleted = row.GetInt32(14) != 0,
        FlowCurrentNode = row.TextOrNull(15),
        FlowOutcome = row.TextOrNull(16),
        ErrorCode = row.TextOrNull(17),
        ErrorMessage = row.TextOrNull(18),
        ProviderMessageId = row.TextOrNull(19),
        CreatedAt = row.Instant(20),
        SentAt = row.InstantOrNull(21),
        DeliveredAt = row.InstantOrNull(22),
        ReadAt = row.InstantOrNull(23),
        RepliedAt = row.InstantOrNull(24),
        CompletedAt = row.InstantOrNull(25),
        FailedAt = row.InstantOrNull(26),
    };
}
