using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Writes what a change makes of a recipient.</summary>
internal static class RecipientUpdate
{
    private const string Columns = """
        UPDATE fd_recipients SET status = $7, reached = $8, open = $9, attempts = $10, next_attempt_at = $11, step_attempts = $12, flow_completed = $13,
            waiting_reason = $14, in_doubt_since = $15, flow_current_node = $16, flow_outcome = $17, error_code = $18, error_message = $19, sent_at = $20,
            delivered_at = $21, read_at = $22, replied_at = $23, completed_at = $24, failed_at = $25, attempted_at = $26
        """;

    // An index has the message's id, and would be written anew for the same one, too.
    private const string Message = ", provider_message_id = $27";

    private const string Where = " WHERE key = $1 AND status = $2 AND reached = $3 AND open = $4 AND attempts = $5 AND next_attempt_at IS $6";

    /// <summary>Writes <paramref name="after"/> if the row still stands as <paramref name="before"/> says.</summary>
    /// <returns>Whether it did.</returns>
    public static bool TryRun(SqliteSession session, long key, Recipient before, Recipient after)
    {
        ReadOnlySpan<SqliteValue> values =
        [
            key, (int)before.Status, (int)before.Reached, before.Open, before.Attempts, before.NextAttemptAt,
            (int)after.Status, (int)after.Reached, after.Open, after.Attempts, after.NextAttemptAt, after.StepAttempts, after.FlowCompleted,
            after.WaitingReason, after.InDoubtSince, after.FlowCurrentNode, after.FlowOutcome, after.ErrorCode, after.ErrorMessage, after.SentAt,
            after.DeliveredAt, after.ReadAt, after.RepliedAt, after.CompletedAt, after.FailedAt, after.AttemptedAt, after.ProviderMessageId,
        ];
        return (before.ProviderMessageId == after.ProviderMessageId
            ? session[Columns + Where].Run(values[..^1])
            : session[Columns + Message + Where].Run(values)) != 0;
    }
}
