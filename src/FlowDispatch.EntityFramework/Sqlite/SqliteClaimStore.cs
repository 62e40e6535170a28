using FlowDispatch.Contacts;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Sqlite;

internal sealed class SqliteClaimStore(SqliteDatabase database, TimeProvider time) : IClaimStore
{
    // A contact that is erased leaves its suppression behind.
    private const string ItemColumns = $"""
        SELECT {RecipientRow.Columns}, COALESCE(u.suppression, 0), c.at
        FROM fd_recipients r
        LEFT JOIN fd_suppressions u ON u.contact_id = r.contact_id
        LEFT JOIN fd_conversations c ON c.channel_id = $1 AND c.contact_id = r.contact_id

        """;

    public Task<DispatchLease?> LeaseAsync(int executionNumber, string node, int slots, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return database.WriteAsync(session => SqliteLeases.Take(session, executionNumber, node, slots, duration, time.GetUtcNow()), cancellationToken);
    }

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit, ClaimScope scope = ClaimScope.Any, bool conversations = true, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        return database.WriteAsync<IReadOnlyList<WorkItem>>(
            session =>
            {
                var now = time.GetUtcNow();
                var items = new List<WorkItem>();
                if (SqliteLeases.Holds(session, lease, now)
                    && SqliteExecutionHead.Find(session, lease.ExecutionNumber) is { Status: ExecutionStatus.Running } execution)
                {
                    if (scope != ClaimScope.Slices)
                    {
                        ClaimDue(session, execution, lease.Token, limit, now, items);
                    }

                    while (scope != ClaimScope.Due && items.Count < limit && ClaimSlice(session, execution, lease.Token, items))
                    {
                    }
                }

                return items;
            },
            cancellationToken);
    }

    public Task<IReadOnlyCollection<long>> RenewAsync(IReadOnlyCollection<long> tokens, TimeSpan duration, CancellationToken cancellationToken = default) =>
        database.WriteAsync<IReadOnlyCollection<long>>(
            session =>
            {
                var now = time.GetUtcNow();
                var renew = session["UPDATE fd_leases SET until = $2 WHERE token = $1 AND until > $3"];
                return tokens.Where(token => renew.Run(token, now + duration, now) != 0).ToList();
            },
            cancellationToken);

    public Task<bool> CommitAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken = default) =>
        database.WriteApartAsync(session => SqliteCommit.Write(session, lease, commit, time.GetUtcNow()), cancellationToken);

    public Task ReleaseAsync(DispatchLease lease, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            // Whoever recovered it was first; a lease that is only over in time is still there and ends here.
            var there = session["SELECT EXISTS (SELECT 1 FROM fd_leases WHERE token = $1 AND execution = $2)"].Number(lease.Token, lease.ExecutionNumber) != 0;
            if (there)
            {
                SqliteLeases.End(session, lease.ExecutionNumber, lease.Token, time.GetUtcNow());
            }

            return there;
        },
        cancellationToken);

    public Task<int> RecoverAsync(CancellationToken cancellationToken = default) =>
        database.WriteAsync(session => Recover(session, time.GetUtcNow(), execution: null), cancellationToken);

    public Task<bool> TryCloseAsync(int executionNumber, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => Close(session, executionNumber, time.GetUtcNow()),
        cancellationToken);

    public Task<int> CancelOpenAsync(int executionNumber, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        return database.WriteAsync(
            session =>
            {
                var now = time.GetUtcNow();
                if (SqliteExecutionHead.Find(session, executionNumber) is not { Status: ExecutionStatus.Cancelled } execution)
                {
                    return 0;
                }

                // A lease that is over but not yet swept has people in doubt: they are none of those to be cancelled.
                Recover(session, now, executionNumber);
                return session["SELECT EXISTS (SELECT 1 FROM fd_leases WHERE execution = $1)"].Number(executionNumber) != 0
                    ? 0
                    : SqliteCancellation.Close(session, execution, limit);
            },
            cancellationToken);
    }

    public Task<ControlState> ReadControlAsync(long suppressionsAfter, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            const string Columns = """
                SELECT e.number, e.status, e.priority, e.planned_at, c.open, c.sent, c.failed, c.forgiven_sent, c.forgiven_failed,
                    EXISTS (SELECT 1 FROM fd_slices s WHERE s.execution = e.number AND s.token IS NULL),
                    (SELECT MIN(d.due_at) FROM fd_due d WHERE d.execution = e.number AND d.token IS NULL)

                """;
            const string Open = "FROM fd_executions e JOIN fd_counters c ON c.execution = e.number WHERE e.status IN (0, 1, 2)";
            const string Cancelled = "FROM fd_counters c CROSS JOIN fd_executions e ON e.number = c.execution WHERE c.open > 0 AND e.status = 5";
            var executions = new List<ControlledExecution>();
            using (var row = session[Columns + Open + " UNION ALL " + Columns + Cancelled].Read())
            {
                while (row.Read())
                {
                    executions.Add(new()
                    {
                        Number = row.Int32(0),
                        Status = (ExecutionStatus)row.Int32(1),
                        Priority = row.Int32(2),
                        Planned = !row.IsNull(3),
                        Open = row.Int32(4),
                        Sent = row.Int32(5),
                        Failed = row.Int32(6),
                        Forgiven = new(row.Int32(7), row.Int32(8)),
                        HasSlices = row.Flag(9),
                        NextDueAt = row.InstantOrNull(10),
                    });
                }
            }

            // The cursor is one above the last sequence number seen, and so never 0 again after the first read.
            var cursor = Math.Max(suppressionsAfter, 1 + session["SELECT MAX(sequence) FROM fd_suppressions"].Number());
            var suppressed = new List<SuppressedContact>();
            if (suppressionsAfter > 0 && cursor > suppressionsAfter)
            {
                using var row = session["SELECT contact_id, suppression FROM fd_suppressions WHERE sequence >= $1"].Read(suppressionsAfter);
                while (row.Read())
                {
                    suppressed.Add(new(new(row.Id(0)), (ContactSuppression)row.Int32(1)));
                }
            }

            var now = time.GetUtcNow();
            var held = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            using (var row = session["SELECT key, held_until FROM fd_permits WHERE held_until > $1"].Read(now))
            {
                while (row.Read())
                {
                    held[row.Text(0)] = row.Instant(1);
                }
            }

            return new ControlState(executions, suppressed, cursor, now, held);
        },
        cancellationToken);

    public Task<DispatchBacklog> ReadBacklogAsync(CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => SqliteBacklog.Read(session, time.GetUtcNow()), cancellationToken);

    internal static bool Close(SqliteSession session, int executionNumber, DateTimeOffset at)
    {
        var closed = session["""
            UPDATE fd_executions SET status = 3, completed_at = $2
            WHERE number = $1 AND status = 1 AND planned_at IS NOT NULL AND (SELECT open FROM fd_counters WHERE execution = $1) = 0
            """].Run(executionNumber, at) != 0;
        if (closed)
        {
            // Left over where everybody of a slice was closed before it was claimed.
            session["DELETE FROM fd_slices WHERE execution = $1"].Run(executionNumber);
        }

        return closed;
    }

    private static int Recover(SqliteSession session, DateTimeOffset now, int? execution)
    {
        var ended = new List<(int Execution, long Token)>();
        using (var row = session["SELECT execution, token FROM fd_leases WHERE until <= $1 AND ($2 IS NULL OR execution = $2)"].Read(now, execution))
        {
            while (row.Read())
            {
                ended.Add((row.Int32(0), row.Int64(1)));
            }
        }

        ended.ForEach(lease => SqliteLeases.End(session, lease.Execution, lease.Token, now));
        return ended.Count;
    }

    private static void ClaimDue(SqliteSession session, ExecutionHead execution, long token, int limit, DateTimeOffset now, List<WorkItem> items)
    {
        var keys = new List<long>();
        using (var row = session["SELECT key FROM fd_due WHERE execution = $1 AND token IS NULL AND due_at <= $2 ORDER BY due_at, key LIMIT $3"].Read(execution.Number, now, limit))
        {
            while (row.Read())
            {
                keys.Add(row.Int64(0));
            }
        }

        var take = session["UPDATE fd_due SET token = $2, marked = 0 WHERE key = $1"];
        var read = session[ItemColumns + "WHERE r.key = $2"];
        foreach (var key in keys)
        {
            take.Run(key, token);
            Collect(read, execution, items, fromQueue: true, key);
        }
    }

    // False when no slice is left. One in which nobody is open any more is dropped on the way.
    private static bool ClaimSlice(SqliteSession session, ExecutionHead execution, long token, List<WorkItem> items)
    {
        long key;
        int count;
        int position;
        using (var row = session["SELECT key, count, position FROM fd_slices WHERE execution = $1 AND token IS NULL ORDER BY key LIMIT 1"].Read(execution.Number))
        {
            if (!row.Read())
            {
                return false;
            }

            (key, count, position) = (row.Int64(0), row.Int32(1), row.Int32(2));
        }

        var before = items.Count;
        Collect(
            session[ItemColumns + """
                WHERE r.key >= $2 AND r.key < $3 AND r.open = 1 AND NOT EXISTS (SELECT 1 FROM fd_due d WHERE d.key = r.key)
                ORDER BY r.key
                """],
            execution, items, fromQueue: false, key + position, key + count);

        if (items.Count == before)
        {
            session["DELETE FROM fd_slices WHERE key = $1"].Run(key);
        }
        else
        {
            // It ends with the last one claimed: those behind are closed for good or wait in the queue, and nobody will pass them.
            session["UPDATE fd_slices SET token = $2, count = $3 WHERE key = $1"].Run(key, token, items[^1].Recipient.Id.Ordinal - PackedKey.Place(key) + 1);
        }

        return true;
    }

    private static void Collect(
        SqliteStatement statement, ExecutionHead execution, List<WorkItem> items, bool fromQueue, params ReadOnlySpan<SqliteValue> keys)
    {
        using var row = statement.Read([execution.ChannelId, .. keys]);
        while (row.Read())
        {
            items.Add(new(
                RecipientRow.Read(row, execution),
                (ContactSuppression)row.Int32(RecipientRow.Width),
                row.InstantOrNull(RecipientRow.Width + 1),
                fromQueue));
        }
    }
}
