using FlowDispatch.Recipients;
using FlowDispatch.Storage;
using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Planning within a transaction: recipients are copied in, with their slices and counters.</summary>
internal sealed class PostgresPlans(PlanLease lease, PlanBatch batch, PostgresClock clock)
{
    // The first condition is the open executions' index, word for word; the second is what is wanted.
    internal const string Next = $"""
        UPDATE fd_executions SET status = 1, started_at = COALESCE(started_at, {PostgresClock.Now}), plan_token = plan_token + 1, plan_until = {PostgresClock.Now} + $2
        WHERE number = (
            SELECT number FROM fd_executions
            WHERE status IN (0, 1, 2) AND status <> 2 AND planned_at IS NULL AND (plan_until IS NULL OR plan_until <= {PostgresClock.Now})
            ORDER BY number LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING number
        """;

    internal const string Fence = $"""
        SELECT next_ordinal FROM fd_executions
        WHERE number = $2 AND status = 1 AND planned_at IS NULL AND plan_token = $3 AND plan_until > {PostgresClock.Now}
        FOR NO KEY UPDATE
        """;

    internal const string Known = "SELECT contact_id FROM fd_recipients WHERE execution = $1 AND contact_id = ANY($2)";

    private const string Columns = """
        key, execution, contact_id, phone_number, contact_name, time_zone, variables, created_at,
        status, reached, open, attempts, step_attempts, flow_completed, error_code, error_message, failed_at
        """;

    private const short Width = 17;

    /// <summary>Leases the oldest execution that wants planning; its number, or null.</summary>
    public static async Task<int?> TakeAsync(PostgresSession session, TimeSpan lease, PostgresClock clock, CancellationToken cancellationToken)
    {
        var numbers = await session.ReadAsync(Next, row => row.GetInt32(0), cancellationToken, clock.Given, lease).ConfigureAwait(false);
        return numbers.Count == 0 ? null : numbers[0];
    }

    /// <summary>Completes an execution in which nobody is open.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="number">The execution.</param>
    /// <param name="at">When it was completed; by the clock where null.</param>
    /// <param name="clock">The store's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<bool> CloseAsync(PostgresSession session, int number, DateTimeOffset? at, PostgresClock clock, CancellationToken cancellationToken)
    {
        // Both are held before they are looked at: who takes up a run again counts it only after it found the execution open.
        bool ready;
        bool done;
        var held = session.Batch();
        await using (held.ConfigureAwait(false))
        {
            held.Add("SELECT 1 FROM fd_executions WHERE number = $1 AND status = 1 AND planned_at IS NOT NULL FOR NO KEY UPDATE", number);
            held.Add("SELECT 1 FROM fd_counters WHERE execution = $1 FOR NO KEY UPDATE", number);
            var counted = held.Add($"SELECT 1 FROM ({PostgresCounters.Current}) c WHERE c.execution = $1 AND c.open = 0", number);
            await held.RunAsync(cancellationToken).ConfigureAwait(false);
            (ready, done) = (held.Changed(0) > 0, held.Changed(counted) > 0);
        }

        if (!ready || !done)
        {
            return false;
        }

        // Slices are left over where everybody of one was closed before it was claimed.
        await session.RunAsync(
            $"UPDATE fd_executions SET status = 3, completed_at = COALESCE($3, {PostgresClock.Now}) WHERE number = $2", cancellationToken, clock.Given, number, at).ConfigureAwait(false);
        await session.RunAsync("DELETE FROM fd_slices WHERE execution = $1", cancellationToken, number).ConfigureAwait(false);
        return true;
    }

    /// <summary>Stores the batch as if no contact were in the execution already, as nearly always none is; null where one was, and nothing is stored.</summary>
    public async Task<bool?> TryAppendAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (await FirstOrdinalAsync(session, cancellationToken).ConfigureAwait(false) is not { } first)
        {
            return false;
        }

        try
        {
            await StoreAsync(session, first, batch.Recipients, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            session.Undo();
            return null;
        }
    }

    /// <summary>Stores those whose contact is not in the execution yet.</summary>
    public async Task<bool> AppendAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (await FirstOrdinalAsync(session, cancellationToken).ConfigureAwait(false) is not { } first)
        {
            return false;
        }

        var known = (await session.PlanAsync(
            Known, row => row.GetGuid(0), cancellationToken,
            lease.Execution.Number, batch.Recipients.Select(r => r.ContactId.Value).ToArray()).ConfigureAwait(false)).ToHashSet();
        await StoreAsync(session, first, [.. batch.Recipients.Where(r => known.Add(r.ContactId.Value))], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<int?> FirstOrdinalAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var ordinals = await session.ReadAsync(Fence, row => row.GetInt32(0), cancellationToken, clock.Given, lease.Execution.Number, lease.Token).ConfigureAwait(false);
        return ordinals.Count == 0 ? null : ordinals[0];
    }

    private async Task StoreAsync(PostgresSession session, int first, IReadOnlyList<PlannedRecipient> planned, CancellationToken cancellationToken)
    {
        var number = lease.Execution.Number;
        var writer = new RecipientWriter(number);
        var slices = new List<(long Key, int Count)>();
        await CopyAsync(session, first, planned, writer, slices, cancellationToken).ConfigureAwait(false);

        var batched = session.Batch();
        await using (batched.ConfigureAwait(false))
        {
            if (slices.Count > 0)
            {
                batched.Add(
                    "INSERT INTO fd_slices (key, execution, count, position) SELECT k, $1, c, 0 FROM unnest($2, $3) AS x(k, c)",
                    number, slices.ConvertAll(s => s.Key).ToArray(), slices.ConvertAll(s => s.Count).ToArray());
            }

            batched.Add(
                $"""
                UPDATE fd_executions SET next_ordinal = $3, plan_position = $4,
                    plan_until = CASE WHEN $5 THEN NULL ELSE {PostgresClock.Now} + $6 END, planned_at = CASE WHEN $5 THEN $7 END
                WHERE number = $2
                """,
                clock.Given, number, first + planned.Count, batch.Position, batch.Finished, lease.Duration, batch.At);
            writer.AddCounters(batched);
            await batched.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        if (batch.Finished)
        {
            await CloseAsync(session, number, batch.At, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    // Those between the pending of a slice that are skipped do no harm.
    private async Task CopyAsync(
        PostgresSession session, int first, IReadOnlyList<PlannedRecipient> planned, RecipientWriter writer, List<(long Key, int Count)> slices, CancellationToken cancellationToken)
    {
        if (planned.Count == 0)
        {
            return;
        }

        var execution = lease.Execution;
        var copy = await session.CopyAsync($"COPY fd_recipients ({Columns}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            using var rows = new CopyRows(copy, Width);
            rows.Header();
            var (begin, end, count) = (0, 0, 0);
            for (var i = 0; i < planned.Count; i++)
            {
                var row = planned[i].At(execution, first + i, batch.At);
                writer.Count(row);
                await rows.RowAsync(cancellationToken).ConfigureAwait(false);
                Write(rows, PackedKey.Of(execution.Number, first + i), row);
                if (row.Status == RecipientStatus.Pending)
                {
                    begin = count == 0 ? first + i : begin;
                    end = first + i;
                    count++;
                }

                if (count == batch.SliceSize || (count > 0 && i == planned.Count - 1))
                {
                    slices.Add((PackedKey.Of(execution.Number, begin), end - begin + 1));
                    count = 0;
                }
            }

            await rows.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Write(CopyRows rows, long key, Recipient row)
    {
        rows.Add(key);
        rows.Add(lease.Execution.Number);
        rows.Add(row.ContactId.Value);
        rows.Add(row.PhoneNumber);
        rows.Add(row.ContactName);
        rows.Add(row.TimeZone);
        rows.Add(row.Variables);
        rows.Add(row.CreatedAt.UtcTicks);
        rows.Add((int)row.Status);
        rows.Add((int)row.Reached);
        rows.Add(row.Open);
        rows.Add(0);
        rows.Add(0);
        rows.Add(false);
        rows.Add(row.ErrorCode);
        rows.Add(row.ErrorMessage);
        rows.Add(row.FailedAt?.UtcTicks);
    }
}
