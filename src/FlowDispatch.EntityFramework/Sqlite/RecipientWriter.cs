using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>
/// Writes changes of one execution's recipients within a transaction: row, due entry and history at once, and by
/// <see cref="Save"/> the counters that follow from all of them.
/// </summary>
internal sealed class RecipientWriter(SqliteSession session, int execution)
{
    private readonly Dictionary<string, int> errors = new(StringComparer.Ordinal);
    private ExecutionCounters sum;
    private bool? anyDue;

    // Most executions have an empty due queue most of the time; then no row needs to be looked up in it.
    private bool AnyDue => anyDue ??= session["SELECT EXISTS (SELECT 1 FROM fd_due WHERE key >= $1 AND key <= $2)"]
        .Number(PackedKey.Of(execution, 0), PackedKey.Of(execution, int.MaxValue)) != 0;

    /// <summary>Writes a change of the row as this transaction read it.</summary>
    public void Write(long key, Recipient before, RecipientChange change)
    {
        if (!TryWrite(key, before, change))
        {
            throw new InvalidOperationException($"Recipient {before.Id} was changed in the transaction that read it, after it was read.");
        }
    }

    /// <summary>Writes a change decided on a row that was read earlier; false when the row has changed since.</summary>
    public bool TryWrite(long key, Recipient claimed, RecipientChange change)
    {
        var before = Stored(claimed);
        var after = Stored(change.After);
        if (!RecipientUpdate.TryRun(session, key, before, after))
        {
            return false;
        }

        Follow(key, before, after, change);
        return true;
    }

    /// <summary>Counts rows that were inserted.</summary>
    public void Count(Recipient inserted)
    {
        sum += inserted.Tally;
        CountError(inserted, 1);
    }

    /// <summary>Writes the counters; once, at the end.</summary>
    public void Save()
    {
        if (sum != default)
        {
            session["""
                UPDATE fd_counters SET total = total + $2, sent = sent + $3, delivered = delivered + $4, read = read + $5,
                    replied = replied + $6, completed = completed + $7, failed = failed + $8, skipped = skipped + $9,
                    cancelled = cancelled + $10, pending = pending + $11, in_doubt = in_doubt + $12, open = open + $13
                WHERE execution = $1
                """].Run(
                execution, sum.Total, sum.Sent, sum.Delivered, sum.Read, sum.Replied, sum.Completed, sum.Failed, sum.Skipped,
                sum.Cancelled, sum.Pending, sum.InDoubt, sum.Open);
        }

        foreach (var (code, count) in errors.Where(e => e.Value != 0))
        {
            session["""
                INSERT INTO fd_error_counts (execution, code, count) VALUES ($1, $2, $3)
                ON CONFLICT (execution, code) DO UPDATE SET count = count + excluded.count
                """].Run(execution, code, count);
        }
    }

    // In a sender's hands is what attempt marks say, never what a row says.
    private static Recipient Stored(Recipient row) => row.Status == RecipientStatus.Sending ? row with { Status = RecipientStatus.Pending } : row;

    private void Follow(long key, Recipient before, Recipient after, RecipientChange change)
    {
        if (!after.Open)
        {
            if (AnyDue)
            {
                session["DELETE FROM fd_due WHERE key = $1"].Run(key);
            }
        }
        else if (change.DueAt is { } due)
        {
            session["""
                INSERT INTO fd_due (key, execution, due_at, token, marked) VALUES ($1, $2, $3, NULL, 0)
                ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, token = NULL, marked = 0
                """].Run(key, execution, due);
            anyDue = true;
        }

        if (change.Event is { } note)
        {
            session["""
                INSERT INTO fd_recipient_events (recipient, kind, at, attempt, code, message, provider_message_id)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """].Run(key, (int)note.Kind, note.At, note.Attempt, note.Code, note.Message, note.ProviderMessageId);
        }

        sum += after.Tally - before.Tally;
        CountError(before, -1);
        CountError(after, 1);
    }

    private void CountError(Recipient row, int by)
    {
        if (row.Status is RecipientStatus.Failed or RecipientStatus.Skipped && row.ErrorCode is { } code)
        {
            errors[code] = errors.GetValueOrDefault(code) + by;
        }
    }
}
