using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Writes what a change makes of a recipient.</summary>
internal static class RecipientUpdate
{
    private const string Columns = """
        UPDATE fd_recipients SET status = $7, reached = $8, open = $9, attempts = $10, next_attempt_at = $11, step_attempts = $12, flow_completed = $13,
            waiting_reason = $14, in_doubt_since = $15, flow_current_node = $16, flow_outcome = $17, error_code = $18, error_message = $19, sent_at = $20,
            completed_at = $21, failed_at = $22, attempted_at = $23
        """;

    private const string Where = " WHERE key = $1 AND status = $2 AND reached = $3 AND open = $4 AND attempts = $5 AND next_attempt_at IS $6";

    private const string Plain = $"{Columns}{Where}";

    // An index has the message's id, and would be written anew for the same one, too.
    private const string Message = $"{Columns}, provider_message_id = $24{Where}";

    // The instants that receipts and replies tell of may come without any other column's change. So outcomes, which change
    // none of them, leave them alone, and whoever writes them is guarded by them, too.
    private const string Told = $"{ToldColumns}{ToldWhere}";

    private const string ToldAndMessage = $"{ToldColumns}, provider_message_id = $30{ToldWhere}";

    private const string ToldColumns = $"{Columns}, delivered_at = $24, read_at = $25, replied_at = $26";

    private const string ToldWhere = $"{Where} AND delivered_at IS $27 AND read_at IS $28 AND replied_at IS $29";

    /// <summary>Writes <paramref name="after"/> if the row still stands as <paramref name="before"/> says.</summary>
    /// <returns>Whether it did.</returns>
    public static bool TryRun(SqliteSession session, long key, Recipient before, Recipient after)
    {
        Span<SqliteValue> values =
        [
            key, (int)before.Status, (int)before.Reached, before.Open, before.Attempts, before.NextAttemptAt,
            (int)after.Status, (int)after.Reached, after.Open, after.Attempts, after.NextAttemptAt, after.StepAttempts, after.FlowCompleted,
            after.WaitingReason, after.InDoubtSince, after.FlowCurrentNode, after.FlowOutcome, after.ErrorCode, after.ErrorMessage, after.SentAt,
            after.CompletedAt, after.FailedAt, after.AttemptedAt,
            after.DeliveredAt, after.ReadAt, after.RepliedAt, before.DeliveredAt, before.ReadAt, before.RepliedAt, after.ProviderMessageId,
        ];
        var sameMessage = before.ProviderMessageId == after.ProviderMessageId;
        if (before.DeliveredAt != after.DeliveredAt || before.ReadAt != after.ReadAt || before.RepliedAt != after.RepliedAt)
        {
            return (sameMessage ? session[Told].Run(values[..29]) : session[ToldAndMessage].Run(values)) != 0;
        }

        values[23] = values[29];
        return (sameMessage ? session[Plain].Run(values[..23]) : session[Message].Run(values[..24])) != 0;
    }
}
