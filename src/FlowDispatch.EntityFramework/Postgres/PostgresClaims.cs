using System.Data.Common;
using System.Globalization;
using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Claims within a transaction: entries of the due queue, then slices.</summary>
internal sealed class PostgresClaims(PostgresSession session, DispatchLease lease, PostgresClock clock)
{
    // Whoever ends the lease waits for this claim; a commit under it, which may be made at once, does not.
    internal const string Holder = $"""
        SELECT {ExecutionHeads.Columns} FROM fd_leases l JOIN fd_executions e ON e.number = l.execution
        WHERE l.token = $2 AND l.execution = $3 AND l.until > {PostgresClock.Now} AND e.status = 1
        FOR KEY SHARE OF l
        """;

    // Passed and answered to the last one: nobody of it is in a sender's hands. Commits are not waited for, and wait for none
    // of these, since those are passed.
    internal const string Finish = """
        WITH passed AS MATERIALIZED (SELECT key, count FROM fd_slices WHERE token = (SELECT $1) AND position >= count FOR UPDATE SKIP LOCKED)
        DELETE FROM fd_slices s USING passed p
        WHERE s.key = p.key
            AND (SELECT 1 FROM fd_recipients r
                 WHERE r.key >= p.key AND r.key < p.key + p.count AND r.open AND (SELECT 1 FROM fd_due q WHERE q.key = r.key) IS NULL
                 ORDER BY r.key DESC LIMIT 1) IS NULL
        """;

    internal const string NextSlice = """
        UPDATE fd_slices SET token = $2 WHERE key = (
            SELECT key FROM fd_slices WHERE execution = $1 AND token IS NULL ORDER BY key LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING key, count, position
        """;

    internal const string OfSlice = $"{OfSliceWith}{InSlice}";

    internal const string OfSliceAndConversations = $"{OfSliceWith}, {ConversationOn}$3){InSlice}";

    internal const string OfKeys = $"SELECT {RecipientRow.Columns}, {Suppression}, {ConversationOn}$2) FROM fd_recipients r WHERE r.key = ANY($1)";

    // A contact that is erased leaves its suppression behind.
    private const string Suppression = "COALESCE((SELECT u.suppression FROM fd_suppressions u WHERE u.contact_id = r.contact_id), 0)";

    private const string ConversationOn = "(SELECT c.at FROM fd_conversations c WHERE c.contact_id = r.contact_id AND c.channel_id = ";

    // Nearly everybody of a slice is as planned, and then a quarter of the columns says all of it.
    private const string OfSliceWith = $"SELECT {RecipientRow.PlannedColumns}, {Suppression}, {RecipientRow.AsPlanned}";

    // Nearly always nobody of a slice is in the queue: one look tells, in place of one for each. The bounds are behind a
    // SELECT, so that a plan for these values is no cheaper than one for all, and the server makes none anew each time.
    private const string InSlice = $"""
         FROM fd_recipients r
        WHERE r.key >= (SELECT $1) AND r.key < (SELECT $2) AND r.open
            AND CASE WHEN (SELECT EXISTS (SELECT 1 FROM fd_due a WHERE a.key >= $1 AND a.key < $2)) THEN {RecipientRow.NotQueued} ELSE TRUE END
        ORDER BY r.key LIMIT 500
        """;

    // With the limit as a parameter a plan for all values would expect a tenth of the queue. So the text says the next
    // power of two, of which there are few, and the array is cut to what is wanted.
    internal static string Due(int limit) => string.Create(CultureInfo.InvariantCulture, $"""
        UPDATE fd_due SET token = $3, marked = FALSE
        WHERE key = ANY((ARRAY(
            SELECT key FROM fd_due WHERE execution = $2 AND token IS NULL AND due_at <= {PostgresClock.Now}
            ORDER BY due_at, key LIMIT {System.Numerics.BitOperations.RoundUpToPowerOf2((uint)limit)} FOR UPDATE SKIP LOCKED))[1:$4])
        RETURNING key, due_at
        """);

    public async Task<IReadOnlyList<WorkItem>> ClaimAsync(int limit, ClaimScope scope, bool conversations, CancellationToken cancellationToken)
    {
        ExecutionHead? execution;
        long[] due;
        var claim = session.Batch();
        await using (claim.ConfigureAwait(false))
        {
            claim.Add(Holder, clock.Given, lease.Token, lease.ExecutionNumber);
            if (scope != ClaimScope.Slices)
            {
                claim.Add(Due(limit), clock.Given, lease.ExecutionNumber, lease.Token, limit);
            }

            if (scope != ClaimScope.Due)
            {
                claim.Add(Finish, lease.Token);
            }

            var rows = await claim.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                execution = (await rows.ListAsync(ExecutionHeads.Read, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
                due = [.. (await rows.NextListAsync(r => (Key: r.GetInt64(0), At: r.GetInt64(1)), cancellationToken).ConfigureAwait(false)).OrderBy(d => d.At).ThenBy(d => d.Key).Select(d => d.Key)];
            }
        }

        if (execution is null)
        {
            session.Undo();
            return [];
        }

        var items = new List<WorkItem>();
        if (due.Length > 0)
        {
            var byKey = await ByKeyAsync(execution, due, fromQueue: true, cancellationToken).ConfigureAwait(false);
            items.AddRange(due.Select(key => byKey[key]));
        }

        while (scope != ClaimScope.Due && items.Count < limit && await ClaimSliceAsync(execution, conversations, items, cancellationToken).ConfigureAwait(false))
        {
        }

        return items;
    }

    // False when no slice is left. One in which nobody is open any more is dropped on the way.
    private async Task<bool> ClaimSliceAsync(ExecutionHead execution, bool conversations, List<WorkItem> items, CancellationToken cancellationToken)
    {
        var slices = await session.ReadAsync(
            NextSlice, row => (Key: row.GetInt64(0), Count: row.GetInt32(1), Position: row.GetInt32(2)), cancellationToken, lease.ExecutionNumber, lease.Token).ConfigureAwait(false);
        if (slices.Count == 0)
        {
            return false;
        }

        // Read after the slice is ours: whoever held it before has written all that it did.
        var (key, count, position) = slices[0];
        var touched = new List<long>();
        var found = conversations
            ? await session.ReadAsync(OfSliceAndConversations, row => Planned(row, execution, touched, conversations: true), cancellationToken, key + position, key + count, execution.ChannelId).ConfigureAwait(false)
            : await session.ReadAsync(OfSlice, row => Planned(row, execution, touched, conversations: false), cancellationToken, key + position, key + count).ConfigureAwait(false);
        if (touched.Count > 0)
        {
            var byKey = await ByKeyAsync(execution, [.. touched], fromQueue: false, cancellationToken).ConfigureAwait(false);
            found = found.ConvertAll(item => byKey.GetValueOrDefault(PackedKey.Of(execution.Number, item.Recipient.Id.Ordinal), item));

            // Between the two looks somebody may have ended.
            found.RemoveAll(item => !item.Recipient.Open);
        }

        if (found.Count == 0)
        {
            await session.RunAsync("DELETE FROM fd_slices WHERE key = $1", cancellationToken, key).ConfigureAwait(false);
            return true;
        }

        // It ends with the last one claimed: those behind are closed for good or wait in the queue, and nobody will pass them.
        var span = found[^1].Recipient.Id.Ordinal - PackedKey.Place(key) + 1;
        if (span != count)
        {
            await session.RunAsync("UPDATE fd_slices SET count = $2 WHERE key = $1", cancellationToken, key, span).ConfigureAwait(false);
        }

        items.AddRange(found);
        return true;
    }

    // As they are now, with all of their columns.
    private async Task<Dictionary<long, WorkItem>> ByKeyAsync(ExecutionHead execution, long[] keys, bool fromQueue, CancellationToken cancellationToken) =>
        (await session.ReadAsync(
            OfKeys,
            row => new WorkItem(
                RecipientRow.Read(row, execution), (ContactSuppression)row.GetInt32(RecipientRow.Width), row.InstantOrNull(RecipientRow.Width + 1), fromQueue),
            cancellationToken, keys, execution.ChannelId).ConfigureAwait(false)).ToDictionary(i => PackedKey.Of(execution.Number, i.Recipient.Id.Ordinal));

    private static WorkItem Planned(DbDataReader row, ExecutionHead execution, List<long> touched, bool conversations)
    {
        if (!row.GetBoolean(RecipientRow.PlannedWidth + 1))
        {
            touched.Add(row.GetInt64(0));
        }

        return new(
            RecipientRow.ReadPlanned(row, execution),
            (ContactSuppression)row.GetInt32(RecipientRow.PlannedWidth),
            conversations ? row.InstantOrNull(RecipientRow.PlannedWidth + 2) : null,
            FromQueue: false);
    }
}
