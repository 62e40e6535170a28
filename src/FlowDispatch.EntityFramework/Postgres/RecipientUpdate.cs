using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Writes recipients' rows, joined by their key alone and only where they still stand as they were read.</summary>
/// <remarks>
/// Outcomes of one group are nearly always alike: what they have in common goes to the server once, and only what
/// differs as arrays. All others are written by one statement with all columns as arrays.
/// </remarks>
internal static class RecipientUpdate
{
    // Below, a statement of its own costs more than the arrays it saves.
    private const int LeastAlike = 8;

    internal const string Alike = """
        UPDATE fd_recipients r SET status = $1, reached = $2, open = $3, attempts = $4, step_attempts = $5, flow_completed = $6, waiting_reason = $7,
            flow_current_node = $8, flow_outcome = $9, next_attempt_at = x.next_attempt_at, provider_message_id = x.provider_message_id,
            sent_at = x.sent_at, completed_at = x.completed_at, attempted_at = x.attempted_at
        FROM unnest($14, $15, $16, $17, $18, $19, $20) AS x(key, next_attempt_at, provider_message_id, sent_at, completed_at, was_next, attempted_at)
        WHERE r.key = x.key AND r.status = $10 AND r.reached = $11 AND r.open = $12 AND r.attempts = $13
            AND r.next_attempt_at IS NOT DISTINCT FROM x.was_next
        """;

    internal const string Any = """
        UPDATE fd_recipients r SET status = x.status, reached = x.reached, open = x.open, attempts = x.attempts, step_attempts = x.step_attempts,
            flow_completed = x.flow_completed, next_attempt_at = x.next_attempt_at, waiting_reason = x.waiting_reason, in_doubt_since = x.in_doubt_since,
            flow_current_node = x.flow_current_node, flow_outcome = x.flow_outcome, error_code = x.error_code, error_message = x.error_message,
            provider_message_id = x.provider_message_id, sent_at = x.sent_at, delivered_at = x.delivered_at, read_at = x.read_at,
            replied_at = x.replied_at, completed_at = x.completed_at, failed_at = x.failed_at, attempted_at = x.attempted_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
            AS x(key, status, reached, open, attempts, step_attempts, flow_completed, next_attempt_at, waiting_reason, in_doubt_since, flow_current_node,
                flow_outcome, error_code, error_message, provider_message_id, sent_at, delivered_at, read_at, replied_at, completed_at, failed_at,
                was_status, was_reached, was_open, was_attempts, was_next, attempted_at)
        WHERE r.key = x.key AND r.status = x.was_status AND r.reached = x.was_reached AND r.open = x.was_open AND r.attempts = x.was_attempts
            AND r.next_attempt_at IS NOT DISTINCT FROM x.was_next
        """;

    public static void Add(PostgresBatch batch, IReadOnlyCollection<RecipientWrite> writes, List<(int Place, int Rows)> expected)
    {
        var others = new List<RecipientWrite>();
        foreach (var group in writes.GroupBy(w => w.IsPlain ? Shape.Of(w) : null))
        {
            var alike = group.ToList();
            if (group.Key is { } shape && alike.Count >= LeastAlike)
            {
                expected.Add((AddAlike(batch, shape, alike), alike.Count));
            }
            else
            {
                others.AddRange(alike);
            }
        }

        if (others.Count > 0)
        {
            others.Sort((left, right) => left.Key.CompareTo(right.Key));
            expected.Add((AddAny(batch, others), others.Count));
        }
    }

    private static int AddAlike(PostgresBatch batch, Shape shape, List<RecipientWrite> w) => batch.Add(
        Alike,
        (int)shape.After.Status, (int)shape.After.Reached, shape.After.Open, shape.After.Attempts, shape.StepAttempts, shape.FlowCompleted,
        shape.WaitingReason, shape.FlowCurrentNode, shape.FlowOutcome, (int)shape.Before.Status, (int)shape.Before.Reached, shape.Before.Open,
        shape.Before.Attempts, Keys(w), Instants(w, r => r.NextAttemptAt), Texts(w, r => r.ProviderMessageId), Instants(w, r => r.SentAt),
        Instants(w, r => r.CompletedAt), w.ConvertAll(x => x.Before.NextAttemptAt?.UtcTicks).ToArray(), Instants(w, r => r.AttemptedAt));

    private static int AddAny(PostgresBatch batch, List<RecipientWrite> w) => batch.Add(
        Any,
        Keys(w), Numbers(w, r => (int)r.Status), Numbers(w, r => (int)r.Reached), Claims(w, r => r.Open), Numbers(w, r => r.Attempts),
        Numbers(w, r => r.StepAttempts), Claims(w, r => r.FlowCompleted), Instants(w, r => r.NextAttemptAt), Texts(w, r => r.WaitingReason),
        Instants(w, r => r.InDoubtSince), Texts(w, r => r.FlowCurrentNode), Texts(w, r => r.FlowOutcome), Texts(w, r => r.ErrorCode),
        Texts(w, r => r.ErrorMessage), Texts(w, r => r.ProviderMessageId), Instants(w, r => r.SentAt), Instants(w, r => r.DeliveredAt),
        Instants(w, r => r.ReadAt), Instants(w, r => r.RepliedAt), Instants(w, r => r.CompletedAt), Instants(w, r => r.FailedAt),
        w.ConvertAll(x => (int)x.Before.Status).ToArray(), w.ConvertAll(x => (int)x.Before.Reached).ToArray(), w.ConvertAll(x => x.Before.Open).ToArray(),
        w.ConvertAll(x => x.Before.Attempts).ToArray(), w.ConvertAll(x => x.Before.NextAttemptAt?.UtcTicks).ToArray(), Instants(w, r => r.AttemptedAt));

    private static long[] Keys(List<RecipientWrite> writes) => writes.ConvertAll(w => w.Key).ToArray();

    private static int[] Numbers(List<RecipientWrite> writes, Func<Recipient, int> column) => writes.ConvertAll(w => column(w.After)).ToArray();

    private static bool[] Claims(List<RecipientWrite> writes, Func<Recipient, bool> column) => writes.ConvertAll(w => column(w.After)).ToArray();

    private static string?[] Texts(List<RecipientWrite> writes, Func<Recipient, string?> column) => writes.ConvertAll(w => column(w.After)).ToArray();

    private static long?[] Instants(List<RecipientWrite> writes, Func<Recipient, DateTimeOffset?> column) =>
        writes.ConvertAll(w => column(w.After)?.UtcTicks).ToArray();

    private readonly record struct Standing(RecipientStatus Status, Milestone Reached, bool Open, int Attempts)
    {
        public static Standing Of(Recipient row) => new(row.Status, row.Reached, row.Open, row.Attempts);
    }

    /// <summary>All that the writes of a group have in common.</summary>
    private sealed record Shape(
        Standing Before, Standing After, int StepAttempts, bool FlowCompleted, string? WaitingReason, string? FlowCurrentNode, string? FlowOutcome)
    {
        public static Shape Of(RecipientWrite write) => new(
            Standing.Of(write.Before), Standing.Of(write.After), write.After.StepAttempts, write.After.FlowCompleted, write.After.WaitingReason,
            write.After.FlowCurrentNode, write.After.FlowOutcome);
    }
}
