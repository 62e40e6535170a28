using FlowDispatch.EntityFramework.Recipients;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>Planning within a transaction.</summary>
internal static class SqlitePlans
{
    /// <summary>Leases the oldest execution that wants planning; its number, or null.</summary>
    public static int? Take(SqliteSession session, TimeSpan lease, DateTimeOffset now)
    {
        // The first condition is the open executions' index, word for word; the second is what is wanted.
        var number = (int)session["""
            SELECT number FROM fd_executions
            WHERE status IN (0, 1, 2) AND status <> 2 AND planned_at IS NULL AND (plan_until IS NULL OR plan_until <= $1)
            ORDER BY number LIMIT 1
            """].Number(now);
        if (number == 0)
        {
            return null;
        }

        session["""
            UPDATE fd_executions SET status = 1, started_at = COALESCE(started_at, $2), plan_token = plan_token + 1, plan_until = $3
            WHERE number = $1
            """].Run(number, now, now + lease);
        return number;
    }

    public static bool Append(SqliteSession session, PlanLease lease, PlanBatch batch, DateTimeOffset now)
    {
        var execution = lease.Execution;
        int ordinal;
        using (var row = session["SELECT next_ordinal FROM fd_executions WHERE number = $1 AND status = 1 AND planned_at IS NULL AND plan_token = $2 AND plan_until > $3"]
            .Read(execution.Number, lease.Token, now))
        {
            if (!row.Read())
            {
                return false;
            }

            ordinal = row.Int32(0);
        }

        ordinal = Insert(session, execution, batch, ordinal);
        session["""
            UPDATE fd_executions SET next_ordinal = $2, plan_position = $3,
                plan_until = CASE WHEN $4 THEN NULL ELSE $5 END, planned_at = CASE WHEN $4 THEN $6 END
            WHERE number = $1
            """].Run(execution.Number, ordinal, batch.Position, batch.Finished, now + lease.Duration, batch.At);
        if (batch.Finished)
        {
            SqliteClaimStore.Close(session, execution.Number, batch.At);
        }

        return true;
    }

    private static int Insert(SqliteSession session, Execution execution, PlanBatch batch, int ordinal)
    {
        // Nearly everybody is pending and has no error: fewer values to hand over.
        var pending = session["""
            INSERT INTO fd_recipients (key, execution, contact_id, phone_number, contact_name, time_zone, variables, created_at,
                status, reached, open, attempts, step_attempts, flow_completed)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 1, 0, 0, 0)
            ON CONFLICT (contact_id, execution) DO NOTHING
            """];
        var ended = session["""
            INSERT INTO fd_recipients (key, execution, contact_id, phone_number, contact_name, time_zone, variables, created_at,
                status, reached, open, attempts, step_attempts, flow_completed, error_code, error_message, failed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, $10, $11, $12)
            ON CONFLICT (contact_id, execution) DO NOTHING
            """];
        var writer = new RecipientWriter(session, execution.Number);
        var slice = new SliceCutter(session, execution.Number, batch.SliceSize);
        foreach (var planned in batch.Recipients)
        {
            var row = planned.At(execution, ordinal, batch.At);
            var key = PackedKey.Of(execution.Number, ordinal);
            var variables = VariableText.Write(row.Variables);
            var inserted = row is { Status: RecipientStatus.Pending, ErrorCode: null, ErrorMessage: null }
                ? pending.Run(key, execution.Number, row.ContactId.Value, row.PhoneNumber, row.ContactName, row.TimeZone, variables, row.CreatedAt)
                : ended.Run(
                    key, execution.Number, row.ContactId.Value, row.PhoneNumber, row.ContactName, row.TimeZone, variables, row.CreatedAt,
                    (int)row.Status, row.ErrorCode, row.ErrorMessage, row.FailedAt);
            if (inserted == 0)
            {
                continue;
            }

            writer.Count(row);
            if (row.Status == RecipientStatus.Pending)
            {
                slice.Add(ordinal);
            }

            ordinal++;
        }

        slice.Cut();
        writer.Save();
        return ordinal;
    }

    /// <summary>Groups pending ordinals into slices; those between them that are skipped do no harm.</summary>
    private sealed class SliceCutter(SqliteSession session, int execution, int size)
    {
        private int first;
        private int last;
        private int count;

        public void Add(int ordinal)
        {
            first = count == 0 ? ordinal : first;
            last = ordinal;
            if (++count == size)
            {
                Cut();
            }
        }

        public void Cut()
        {
            if (count > 0)
            {
                session["INSERT INTO fd_slices (key, execution, count, position) VALUES ($1, $2, $3, 0)"]
                    .Run(PackedKey.Of(execution, first), execution, last - first + 1);
                count = 0;
            }
        }
    }
}
