using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>
/// Collects what a transaction makes of one execution's recipients, and writes it set-based: rows, due entries, history,
/// and the counters that follow from all of them.
/// </summary>
internal sealed class RecipientWriter(int execution)
{
    // Nearly always none of them is in the queue: one look tells.
    internal const string LeaveQueue = """
        DELETE FROM fd_due d USING unnest((SELECT $1), (SELECT $4)) AS x(first, last)
        WHERE d.key BETWEEN x.first AND x.last AND (SELECT EXISTS (SELECT 1 FROM fd_due q WHERE q.key BETWEEN $2 AND $3))
        """;

    private readonly Dictionary<long, RecipientWrite> _writes = [];
    private readonly Dictionary<string, int> _insertedErrors = new(StringComparer.Ordinal);
    private ExecutionCounters _inserted;
    private List<RecipientWrite>? _sorted;

    /// <summary>The writes so far, by key.</summary>
    public IReadOnlyList<RecipientWrite> Writes
    {
        get
        {
            if (_sorted is null)
            {
                _sorted = [.. _writes.Values];
                _sorted.Sort(static (left, right) => left.Key.CompareTo(right.Key));
            }

            return _sorted;
        }
    }

    /// <summary>Notes a change of the row as it stands after those noted before; <paramref name="before"/> counts for the first one only.</summary>
    public RecipientWrite Change(long key, Recipient before, Func<Recipient, RecipientChange> decide)
    {
        if (!_writes.TryGetValue(key, out var write))
        {
            _writes[key] = write = new(key, before);
            _sorted = null;
            write.Take(decide(before));
        }
        else
        {
            write.Take(decide(write.After));
        }

        return write;
    }

    /// <summary>Counts a row that is inserted.</summary>
    public void Count(Recipient inserted)
    {
        _inserted += inserted.Tally;
        CountError(_insertedErrors, inserted, 1);
    }

    /// <summary>Adds the statements for the rows: each changes as many as there are, or a row stands no more as it was read.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="expected">Gains the places of the statements and how many rows each must change.</param>
    public void AddRows(PostgresBatch batch, List<(int Place, int Rows)> expected) => RecipientUpdate.Add(batch, Writes, expected);

    /// <summary>Adds the statement for the provider's message ids that rows gain.</summary>
    /// <returns>How many they are; without any there is no statement.</returns>
    public int AddMessages(PostgresBatch batch)
    {
        var messages = Writes.Where(w => w.GainsMessage).ToList();
        if (messages.Count > 0)
        {
            batch.Add(
                "INSERT INTO fd_messages (hash, recipient) SELECT hashtextextended(m, 0), k FROM unnest($1, $2) AS x(k, m)",
                messages.ConvertAll(w => w.Key).ToArray(), messages.ConvertAll(w => w.After.ProviderMessageId).ToArray());
        }

        return messages.Count;
    }

    /// <summary>Adds the statements for what else hangs on the rows: due entries and history.</summary>
    public void AddFollowers(PostgresBatch batch)
    {
        if (Writes.Where(w => w.LeavesQueue).Select(w => w.Key).ToArray() is { Length: > 0 } left)
        {
            var (first, last) = PackedKey.Runs(left);
            batch.Add(LeaveQueue, first, left[0], left[^1], last);
        }

        if (Writes.Where(w => w.DueAt is not null).ToList() is { Count: > 0 } due)
        {
            batch.Add(
                """
                INSERT INTO fd_due (key, execution, due_at, token, marked) SELECT k, $1, at, NULL, FALSE FROM unnest($2, $3) AS x(k, at)
                ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, token = NULL, marked = FALSE
                """,
                execution, due.Select(w => w.Key).ToArray(), due.Select(w => w.DueAt!.Value.UtcTicks).ToArray());
        }

        if (Writes.SelectMany(w => w.Events.Select(e => (w.Key, Event: e))).ToList() is { Count: > 0 } events)
        {
            batch.Add(
                """
                INSERT INTO fd_recipient_events (recipient, kind, at, attempt, code, message, provider_message_id)
                SELECT recipient, kind, at, attempt, code, message, provider_message_id
                FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY AS x(recipient, kind, at, attempt, code, message, provider_message_id, place)
                ORDER BY place
                """,
                events.Select(e => e.Key).ToArray(), events.Select(e => (int)e.Event.Kind).ToArray(), events.Select(e => e.Event.At.UtcTicks).ToArray(),
                events.Select(e => e.Event.Attempt).ToArray(), events.Select(e => e.Event.Code).ToArray(), events.Select(e => e.Event.Message).ToArray(),
                events.Select(e => e.Event.ProviderMessageId).ToArray());
        }
    }

    /// <summary>What all of it adds to the counters.</summary>
    public ExecutionCounters Tally()
    {
        // Of the inserted and the changed together, anew each time: a batch that the server gave up is made again.
        var sum = _inserted;
        foreach (var write in Writes)
        {
            sum += write.After.Tally - write.Before.Tally;
        }

        return sum;
    }

    /// <summary>Adds the statements for the counters: last, since every node's writes for the execution wait for each other from there on.</summary>
    public void AddCounters(PostgresBatch batch)
    {
        if (Tally() is var sum && sum != default)
        {
            batch.Add(
                """
                UPDATE fd_counters SET total = total + $2, sent = sent + $3, delivered = delivered + $4, read = read + $5,
                    replied = replied + $6, completed = completed + $7, failed = failed + $8, skipped = skipped + $9,
                    cancelled = cancelled + $10, pending = pending + $11, in_doubt = in_doubt + $12, open = open + $13
                WHERE execution = $1
                """,
                execution, sum.Total, sum.Sent, sum.Delivered, sum.Read, sum.Replied, sum.Completed, sum.Failed, sum.Skipped,
                sum.Cancelled, sum.Pending, sum.InDoubt, sum.Open);
        }

        var errors = Errors();
        if (errors.Count > 0)
        {
            batch.Add(
                """
                INSERT INTO fd_error_counts AS c (execution, code, count) SELECT $1, code, count FROM unnest($2, $3) AS x(code, count)
                ON CONFLICT (execution, code) DO UPDATE SET count = c.count + excluded.count
                """,
                execution, errors.ConvertAll(e => (string?)e.Code).ToArray(), errors.ConvertAll(e => e.Count).ToArray());
        }
    }

    /// <summary>What all of it adds to the counts of codes, in the order of these.</summary>
    public List<(string Code, int Count)> Errors()
    {
        var errors = new Dictionary<string, int>(_insertedErrors, StringComparer.Ordinal);
        foreach (var write in Writes)
        {
            CountError(errors, write.Before, -1);
            CountError(errors, write.After, 1);
        }

        return [.. errors.Where(e => e.Value != 0).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, e.Value))];
    }

    private static void CountError(Dictionary<string, int> errors, Recipient row, int by)
    {
        if (row.Status is RecipientStatus.Failed or RecipientStatus.Skipped && row.ErrorCode is { } code)
        {
            errors[code] = errors.GetValueOrDefault(code) + by;
        }
    }
}
