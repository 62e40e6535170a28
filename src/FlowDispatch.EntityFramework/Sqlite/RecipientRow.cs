using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A recipient as its columns hold it.</summary>
internal static class RecipientRow
{
    /// <summary>What <see cref="Read"/> expects, from the table as <c>r</c>.</summary>
    /// <remarks>
    /// The last column says which of the seventeen columns that may be NULL are not: most rows have few of them, and one
    /// number is read several times faster than seventeen answers. (SQLite ranks | and &lt;&lt; alike, hence the parentheses.)
    /// </remarks>
    public const string Columns = """
        r.key, r.contact_id, r.phone_number, r.variables, r.status, r.reached, r.open, r.attempts, r.step_attempts, r.flow_completed, r.created_at,
        r.contact_name, r.time_zone, r.next_attempt_at, r.waiting_reason, r.in_doubt_since, r.flow_current_node, r.flow_outcome, r.error_code,
        r.error_message, r.provider_message_id, r.sent_at, r.delivered_at, r.read_at, r.replied_at, r.completed_at, r.failed_at, r.attempted_at,
        (r.contact_name IS NOT NULL) | ((r.time_zone IS NOT NULL) << 1) | ((r.next_attempt_at IS NOT NULL) << 2) | ((r.waiting_reason IS NOT NULL) << 3)
        | ((r.in_doubt_since IS NOT NULL) << 4) | ((r.flow_current_node IS NOT NULL) << 5) | ((r.flow_outcome IS NOT NULL) << 6)
        | ((r.error_code IS NOT NULL) << 7) | ((r.error_message IS NOT NULL) << 8) | ((r.provider_message_id IS NOT NULL) << 9)
        | ((r.sent_at IS NOT NULL) << 10) | ((r.delivered_at IS NOT NULL) << 11) | ((r.read_at IS NOT NULL) << 12)
        | ((r.replied_at IS NOT NULL) << 13) | ((r.completed_at IS NOT NULL) << 14) | ((r.failed_at IS NOT NULL) << 15)
        | ((r.attempted_at IS NOT NULL) << 16)
        """;

    /// <summary>How many columns <see cref="Columns"/> are.</summary>
    public const int Width = FirstNullable + 18;

    private const int FirstNullable = 11;

    /// <summary>
    /// The status as users see it: a pending row is in a sender's hands where its due entry is marked, or where it has
    /// none and a leased slice has passed it. Needs the due entry as <c>d</c>.
    /// </summary>
    public const string Shown = $"CASE WHEN r.status = 0 AND {Unanswered} THEN 1 ELSE r.status END";

    /// <summary>Whether an attempt is marked and has no outcome. Needs the due entry as <c>d</c>.</summary>
    public const string Unanswered = """
        (r.open = 1 AND
            CASE WHEN d.key IS NOT NULL THEN d.marked
            ELSE EXISTS (
                SELECT 1 FROM fd_slices s
                WHERE s.key = (SELECT MAX(k.key) FROM fd_slices k WHERE k.key <= r.key) AND s.token IS NOT NULL AND r.key < s.key + s.position)
            END)
        """;

    public const string FromShown = "FROM fd_recipients r LEFT JOIN fd_due d ON d.key = r.key";

    /// <summary>The row at the reader; its status is the stored one unless <paramref name="statusColumn"/> says where another stands.</summary>
    public static Recipient Read(SqliteRow row, ExecutionHead execution, int statusColumn = 4)
    {
        var set = row.Int32(Width - 1);
        return new()
        {
            Id = execution.RecipientAt(PackedKey.Place(row.Int64(0))),
            ExecutionId = execution.Id,
            ContactId = new(row.Id(1)),
            PhoneNumber = row.Text(2),
            Variables = VariableText.Read(row.Text(3)),
            Status = (RecipientStatus)row.Int32(statusColumn),
            Reached = (Milestone)row.Int32(5),
            Open = row.Flag(6),
            Attempts = row.Int32(7),
            StepAttempts = row.Int32(8),
            FlowCompleted = row.Flag(9),
            CreatedAt = row.Instant(10),
            ContactName = Text(0),
            TimeZone = Text(1),
            NextAttemptAt = Instant(2),
            WaitingReason = Text(3),
            InDoubtSince = Instant(4),
            FlowCurrentNode = Text(5),
            FlowOutcome = Text(6),
            ErrorCode = Text(7),
            ErrorMessage = Text(8),
            ProviderMessageId = Text(9),
            SentAt = Instant(10),
            DeliveredAt = Instant(11),
            ReadAt = Instant(12),
            RepliedAt = Instant(13),
            CompletedAt = Instant(14),
            FailedAt = Instant(15),
            AttemptedAt = Instant(16),
        };

        string? Text(int place) => (set & (1 << place)) == 0 ? null : row.Text(FirstNullable + place);

        DateTimeOffset? Instant(int place) => (set & (1 << place)) == 0 ? null : row.Instant(FirstNullable + place);
    }
}
