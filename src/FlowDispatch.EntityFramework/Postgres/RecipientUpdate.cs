using FlowDispatch.Recipients;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Writes recipients' rows, joined by their key alone and only where they still stand as they were read.</summary>
/// <remarks>
/// Outcomes of one group are nearly always alike: what they have in common goes to the server once, and only what
/// differs as arrays. All others are written by one statement with all columns as arrays. Arrays are behind a SELECT, so
/// that a plan for these values is no cheaper than one for all, and the server makes none anew each time.
/// </remarks>
internal static class RecipientUpdate
{
    // Below, a statement of its own costs more than the arrays it saves; and each write is held against every group.
    private const int LeastAlike = 8;
    private const int MostGroups = 8;

    // To pass somebody over costs a fifth of a look-up; and the server counts a text's place in its array from the first.
    private const int MostApart = 3;
    private const int WidestNear = 1_500;

    internal const string Alike = """
        UPDATE fd_recipients r SET status = $1, reached = $2, open = $3, attempts = $4, step_attempts = $5, flow_completed = $6, waiting_reason = $7,
            flow_current_node = $8, flow_outcome = $9, next_attempt_at = $10, provider_message_id = x.provider_message_id,
            sent_at = x.sent_at, completed_at = x.completed_at, attempted_at = x.attempted_at
        FROM unnest((SELECT $16), (SELECT $17), (SELECT $18), (SELECT $19), (SELECT $20)) AS x(key, provider_message_id, sent_at, completed_at, attempted_at)
        WHERE r.key = x.key AND r.status = $11 AND r.reached = $12 AND r.open = $13 AND r.attempts = $14
            AND r.next_attempt_at IS NOT DISTINCT FROM $15
        """;

    // Neighbours are walked through in the order of their keys, which takes two thirds of what looking up each one does;
    // who lies between them and is not named is passed over. Arrays without a NULL are read at any place at once.
    internal const string Near = """
        UPDATE fd_recipients r SET status = $1, reached = $2, open = $3, attempts = $4, step_attempts = $5, flow_completed = $6, waiting_reason = $7,
            flow_current_node = $8, flow_outcome = $9, next_attempt_at = $10, provider_message_id = NULLIF(($19)[(r.key - $16 + 1)::int], ''),
            sent_at = NULLIF(($20)[(r.key - $16 + 1)::int], 0), completed_at = NULLIF(($21)[(r.key - $16 + 1)::int], 0),
            attempted_at = NULLIF(($22)[(r.key - $16 + 1)::int], 0)
        WHERE r.key >= (SELECT $16) AND r.key <= (SELECT $17) AND COALESCE(($18)[(r.key - $16 + 1)::int], TRUE)
            AND r.status = $11 AND r.reached = $12 AND r.open = $13 AND r.attempts = $14 AND r.next_attempt_at IS NOT DISTINCT FROM $15
        """;

    // What receipts do, nearly all of them.
    internal const string Climb = """
        UPDATE fd_recipients r SET status = x.status, reached = x.reached, sent_at = x.sent_at, delivered_at = x.delivered_at, read_at = x.read_at
        FROM unnest((SELECT $1), (SELECT $2), (SELECT $3), (SELECT $4), (SELECT $5), (SELECT $6), (SELECT $7), (SELECT $8))
            AS x(key, status, reached, sent_at, delivered_at, read_at, was_status, was_reached)
        WHERE r.key = x.key AND r.status = x.was_status AND r.reached = x.was_reached
        """;

    // It writes the instants that people and providers tell of, which may come without any other column's change: so it is
    // guarded by them, too.
    internal const string Any = """
        UPDATE fd_recipients r SET status = x.status, reached = x.reached, open = x.open, attempts = x.attempts, step_attempts = x.step_attempts,
            flow_completed = x.flow_completed, next_attempt_at = x.next_attempt_at, waiting_reason = x.waiting_reason, in_doubt_since = x.in_doubt_since,
            flow_current_node = x.flow_current_node, flow_outcome = x.flow_outcome, error_code = x.error_code, error_message = x.error_message,
            provider_message_id = x.provider_message_id, sent_at = x.sent_at, delivered_at = x.delivered_at, read_at = x.read_at,
            replied_at = x.replied_at, completed_at = x.completed_at, failed_at = x.failed_at, attempted_at = x.attempted_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
            $28, $29, $30)
            AS x(key, status, reached, open, attempts, step_attempts, flow_completed, next_attempt_at, waiting_reason, in_doubt_since, flow_current_node,
                flow_outcome, error_code, error_message, provider_message_id, sent_at, delivered_at, read_at, replied_at, completed_at, failed_at,
                was_status, was_reached, was_open, was_attempts, was_next, attempted_at, was_delivered, was_read, was_replied)
        WHERE r.key = x.key AND r.status = x.was_status AND r.reached = x.was_reached AND r.open = x.was_open AND r.attempts = x.was_attempts
            AND r.next_attempt_at IS NOT DISTINCT FROM x.was_next AND r.delivered_at IS NOT DISTINCT FROM x.was_delivered
            AND r.read_at IS NOT DISTINCT FROM x.was_read AND r.replied_at IS NOT DISTINCT FROM x.was_replied
        """;

    internal static readonly string AllAlike = PostgresCheck.Exactly(Alike, "$21");

    internal static readonly string AllNear = PostgresCheck.Exactly(Near, "$23");

    internal static readonly string AllOfAny = PostgresCheck.Exactly(Any, "$31");

    /// <summary>Adds the statements for <paramref name="writes"/>, which are in the order of their keys.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="writes">What to write.</param>
    /// <param name="expected">Gains the places of the statements and how many rows each must change, or a row stands no more as it was read.</param>
    public static void Add(PostgresBatch batch, IReadOnlyList<RecipientWrite> writes, List<(int Place, int Rows)> expected)
    {
        if (writes.Where(w => w.IsClimb).ToList() is { Count: > 0 } climbs)
        {
            expected.Add((batch.Add(Climb, [.. ClimbValues(climbs)]), climbs.Count));
            writes = [.. writes.Except(climbs)];
        }

        var (groups, others) = Group(writes);
        groups.ForEach(group => expected.Add((batch.Add(Alike, [.. AlikeValues(group)]), group.Count)));
        if (others.Count > 0)
        {
            expected.Add((batch.Add(Any, [.. AnyValues(others)]), others.Count));
        }
    }

    /// <summary>Adds the statements, each of which fails where a row stands no more as it was read.</summary>
    public static void AddChecked(PostgresBatch batch, IReadOnlyList<RecipientWrite> writes)
    {
        var (groups, others) = Group(writes);
        foreach (var group in groups)
        {
            if (Width(group) <= Math.Min(MostApart * group.Count, WidestNear) && group.TrueForAll(w => w.After.ProviderMessageId is not ""))
            {
                batch.Add(AllNear, [.. NearValues(group), group.Count]);
            }
            else
            {
                batch.Add(AllAlike, [.. AlikeValues(group), group.Count]);
            }
        }

        if (others.Count > 0)
        {
            batch.Add(AllOfAny, [.. AnyValues(others), others.Count]);
        }
    }

    private static (List<List<RecipientWrite>> Alike, List<RecipientWrite> Others) Group(IReadOnlyList<RecipientWrite> writes)
    {
        var groups = new List<List<RecipientWrite>>();
        var others = new List<RecipientWrite>();
        foreach (var write in writes)
        {
            var group = write.IsPlain ? groups.Find(g => g[0].IsLike(write)) : others;
            if (group is null)
            {
                group = groups.Count < MostGroups ? [] : others;
                if (group != others)
                {
                    groups.Add(group);
                }
            }

            group.Add(write);
        }

        foreach (var few in groups.Where(g => g.Count < LeastAlike))
        {
            others.AddRange(few);
        }

        groups.RemoveAll(g => g.Count < LeastAlike);
        others.Sort((left, right) => left.Key.CompareTo(right.Key));
        return (groups, others);
    }

    private static PostgresValue[] AlikeValues(List<RecipientWrite> w) =>
    [
        .. CommonValues(w[0]), Keys(w), Column(w, r => r.ProviderMessageId), Instants(w, r => r.SentAt), Instants(w, r => r.CompletedAt),
        Instants(w, r => r.AttemptedAt),
    ];

    private static PostgresValue[] NearValues(List<RecipientWrite> w) =>
    [
        .. CommonValues(w[0]), w[0].Key, w[^1].Key, Width(w) == w.Count ? Array.Empty<bool>() : Placed(w, false, _ => true),
        Placed(w, "", r => r.ProviderMessageId ?? ""), Placed(w, 0L, r => r.SentAt?.UtcTicks ?? 0), Placed(w, 0L, r => r.CompletedAt?.UtcTicks ?? 0),
        Placed(w, 0L, r => r.AttemptedAt?.UtcTicks ?? 0),
    ];

    private static PostgresValue[] CommonValues(RecipientWrite any)
    {
        var (before, after) = (any.Before, any.After);
        return
        [
            (int)after.Status, (int)after.Reached, after.Open, after.Attempts, after.StepAttempts, after.FlowCompleted, after.WaitingReason,
            after.FlowCurrentNode, after.FlowOutcome, after.NextAttemptAt, (int)before.Status, (int)before.Reached, before.Open, before.Attempts,
            before.NextAttemptAt,
        ];
    }

    private static PostgresValue[] ClimbValues(List<RecipientWrite> w) =>
    [
        Keys(w), Column(w, r => (int)r.Status), Column(w, r => (int)r.Reached), Instants(w, r => r.SentAt), Instants(w, r => r.DeliveredAt),
        Instants(w, r => r.ReadAt), Was(w, r => (int)r.Status), Was(w, r => (int)r.Reached),
    ];

    private static PostgresValue[] AnyValues(List<RecipientWrite> w) =>
    [
        Keys(w), Column(w, r => (int)r.Status), Column(w, r => (int)r.Reached), Column(w, r => r.Open), Column(w, r => r.Attempts),
        Column(w, r => r.StepAttempts), Column(w, r => r.FlowCompleted), Instants(w, r => r.NextAttemptAt), Column(w, r => r.WaitingReason),
        Instants(w, r => r.InDoubtSince), Column(w, r => r.FlowCurrentNode), Column(w, r => r.FlowOutcome), Column(w, r => r.ErrorCode),
        Column(w, r => r.ErrorMessage), Column(w, r => r.ProviderMessageId), Instants(w, r => r.SentAt), Instants(w, r => r.DeliveredAt),
        Instants(w, r => r.ReadAt), Instants(w, r => r.RepliedAt), Instants(w, r => r.CompletedAt), Instants(w, r => r.FailedAt),
        Was(w, r => (int)r.Status), Was(w, r => (int)r.Reached), Was(w, r => r.Open), Was(w, r => r.Attempts),
        Was(w, r => r.NextAttemptAt?.UtcTicks), Instants(w, r => r.AttemptedAt), InstantsWere(w, r => r.DeliveredAt), InstantsWere(w, r => r.ReadAt),
        InstantsWere(w, r => r.RepliedAt),
    ];

    private static long[] Keys(List<RecipientWrite> writes) => All(writes, w => w.Key);

    private static T[] Column<T>(List<RecipientWrite> writes, Func<Recipient, T> column) => All(writes, w => column(w.After));

    private static T[] Was<T>(List<RecipientWrite> writes, Func<Recipient, T> column) => All(writes, w => column(w.Before));

    // Without any there is nothing to send: the shorter array ends in NULLs.
    private static long?[] Instants(List<RecipientWrite> writes, Func<Recipient, DateTimeOffset?> column) =>
        writes.Exists(w => column(w.After) is not null) ? All(writes, w => column(w.After)?.UtcTicks) : [];

    private static long?[] InstantsWere(List<RecipientWrite> writes, Func<Recipient, DateTimeOffset?> column) =>
        writes.Exists(w => column(w.Before) is not null) ? All(writes, w => column(w.Before)?.UtcTicks) : [];

    private static long Width(List<RecipientWrite> writes) => writes[^1].Key - writes[0].Key + 1;

    // As many as the first and the last are apart; none where all of them are nothing.
    private static T[] Placed<T>(List<RecipientWrite> writes, T none, Func<Recipient, T> value)
    {
        var values = new T[Width(writes)];
        Array.Fill(values, none);
        var any = false;
        foreach (var write in writes)
        {
            var at = value(write.After);
            values[write.Key - writes[0].Key] = at;
            any |= !EqualityComparer<T>.Default.Equals(at, none);
        }

        return any ? values : [];
    }

    private static T[] All<T>(List<RecipientWrite> writes, Func<RecipientWrite, T> value)
    {
        var values = new T[writes.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(writes[i]);
        }

        return values;
    }
}
