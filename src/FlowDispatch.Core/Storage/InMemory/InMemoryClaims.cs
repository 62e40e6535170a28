using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryClaims(Tables tables) : IClaimStore
{
    public Task<ControlState> ReadControlAsync(long suppressionsAfter, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var executions = new List<ControlledExecution>();
            foreach (var entry in tables.Executions)
            {
                if (entry.Execution.IsOpen || (entry.Execution.Status == ExecutionStatus.Cancelled && entry.Counters.Open > 0))
                {
                    executions.Add(new()
                    {
                        Number = entry.Execution.Number,
                        Status = entry.Execution.Status,
                        Priority = entry.Execution.Snapshot.Settings.Priority,
                        Planned = entry.Execution.PlannedAt is not null,
                        Open = entry.Counters.Open,
                        Sent = entry.Counters.Sent,
                        Failed = entry.Counters.Failed,
                        Forgiven = entry.Execution.Forgiven,
                        HasSlices = entry.ClaimableSlices.Count > 0,
                        NextDueAt = entry.NextDueAt,
                    });
                }
            }

            var suppressed = suppressionsAfter == 0 ? [] : tables.Suppressions.Skip((int)(suppressionsAfter - 1)).ToList();
            var now = tables.Now;
            var held = tables.Buckets.Where(b => b.Value.Pace.HeldUntil > now).ToDictionary(b => b.Key, b => b.Value.Pace.HeldUntil);
            return Task.FromResult(new ControlState(executions, suppressed, tables.Suppressions.Count + 1, now, held));
        }
    }

    public Task<DispatchBacklog> ReadBacklogAsync(CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            var ended = tables.Leases.Values.Where(l => l.Until <= now).ToList();
            var attended = tables.Leases.Values.Where(l => l.Until > now).Select(l => l.Execution.Execution.AutomationId).ToHashSet();
            var waiting = tables.Executions
                .Select(e => Unplanned(e, now) ?? (attended.Contains(e.Execution.AutomationId) ? null : Unclaimed(e, now)))
                .OfType<WaitingExecution>()
                .OrderBy(w => w.Since).ThenBy(w => w.Number)
                .Take(100)
                .ToList();
            return Task.FromResult(new DispatchBacklog
            {
                Now = now,
                Waiting = waiting,
                EndedLeases = ended.Count,
                FirstLeaseEnd = ended.Count == 0 ? null : ended.Min(l => l.Until),
                InDoubt = tables.Executions.Sum(e => (long)e.Counters.InDoubt),
            });
        }
    }

    public Task<DispatchLease?> LeaseAsync(int executionNumber, string node, int slots, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        lock (tables.Gate)
        {
            var entry = tables.Execution(executionNumber);
            if (entry is null || entry.Execution.Status != ExecutionStatus.Running)
            {
                return Task.FromResult<DispatchLease?>(null);
            }

            var now = tables.Now;
            var taken = tables.Leases.Values.Where(l => l.Execution.Execution.AutomationId == entry.Execution.AutomationId && l.Until > now).Sum(l => l.Slots);
            var granted = Math.Min(slots, entry.Execution.Snapshot.Settings.MaxConcurrentExecutions - taken);
            if (granted < 1)
            {
                return Task.FromResult<DispatchLease?>(null);
            }

            var lease = new LeaseEntry(tables.NextToken(), entry, granted, now + duration);
            tables.Leases.Add(lease.Token, lease);
            return Task.FromResult<DispatchLease?>(new(executionNumber, lease.Token, granted));
        }
    }

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit, ClaimScope scope = ClaimScope.Any, bool conversations = true, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        lock (tables.Gate)
        {
            var now = tables.Now;
            if (Held(lease, now) is not { } held || held.Execution.Execution.Status != ExecutionStatus.Running)
            {
                return Task.FromResult<IReadOnlyList<WorkItem>>([]);
            }

            var entry = held.Execution;
            var items = new List<WorkItem>();
            foreach (var ordinal in scope == ClaimScope.Slices ? [] : entry.ClaimDue(now, limit, lease.Token))
            {
                held.Due.Add(ordinal);
                items.Add(Item(entry, ordinal, fromQueue: true));
            }

            while (scope != ClaimScope.Due && items.Count < limit && entry.ClaimableSlices.Count > 0)
            {
                var slice = entry.Slices[entry.ClaimableSlices.Min];
                entry.ClaimableSlices.Remove(slice.Number);
                slice.Token = lease.Token;
                held.Slices.Add(slice);
                for (var ordinal = slice.First + slice.Position; ordinal < slice.First + slice.Count; ordinal++)
                {
                    if (entry.Rows[ordinal].Status == RecipientStatus.Pending && !entry.IsQueued(ordinal))
                    {
                        items.Add(Item(entry, ordinal, fromQueue: false));
                    }
                }
            }

            return Task.FromResult<IReadOnlyList<WorkItem>>(items);
        }
    }

    public Task<IReadOnlyCollection<long>> RenewAsync(IReadOnlyCollection<long> tokens, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            var held = new List<long>();
            foreach (var token in tokens)
            {
                if (tables.Leases.TryGetValue(token, out var lease) && lease.Until > now)
                {
                    lease.Until = now + duration;
                    held.Add(token);
                }
            }

            return Task.FromResult<IReadOnlyCollection<long>>(held);
        }
    }

    public Task<bool> CommitAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (Held(lease, tables.Now) is not { } held)
            {
                return Task.FromResult(false);
            }

            if (commit.Number <= held.Committed)
            {
                return Task.FromResult(true);
            }

            if (commit.Follows > held.Committed)
            {
                throw new CommitOutOfTurnException(commit.Number, commit.Follows);
            }

            var entry = held.Execution;
            if (!commit.Marks.All(ordinal => entry.Due(ordinal) is { } due ? due.Token == lease.Token : entry.SliceOf(ordinal)?.Token == lease.Token))
            {
                return Task.FromResult(false);
            }

            // Decided first, so that a decision that throws leaves nothing half done.
            var rows = new Dictionary<int, Recipient>();
            var changes = commit.Changes.Select(claimed =>
            {
                var ordinal = claimed.Claimed.Id.Ordinal;
                var change = claimed.Decide(rows.GetValueOrDefault(ordinal) ?? entry.Rows[ordinal]);
                rows[ordinal] = change.After;
                return (Ordinal: ordinal, Change: change);
            }).ToList();
            held.Committed = commit.Number;
            foreach (var ordinal in commit.Marks)
            {
                if (entry.Due(ordinal) is { } due)
                {
                    due.Marked = true;
                }
                else
                {
                    Pass(entry, ordinal);
                }
            }

            foreach (var (ordinal, change) in changes)
            {
                if (!held.Due.Contains(ordinal))
                {
                    Pass(entry, ordinal);
                }

                // An entry that is left as it is stays this lease's.
                entry.Write(ordinal, change);
                if (entry.Due(ordinal)?.Token != lease.Token)
                {
                    held.Due.Remove(ordinal);
                }
            }

            return Task.FromResult(true);
        }
    }

    public Task ReleaseAsync(DispatchLease lease, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (tables.Leases.TryGetValue(lease.Token, out var held))
            {
                End(held);
            }
        }

        return Task.CompletedTask;
    }

    public Task<int> RecoverAsync(CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var now = tables.Now;
            var ended = tables.Leases.Values.Where(l => l.Until <= now).ToList();
            ended.ForEach(End);
            return Task.FromResult(ended.Count);
        }
    }

    public Task<bool> TryCloseAsync(int executionNumber, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(tables.Execution(executionNumber) is { } entry && Close(entry, tables.Now));
        }
    }

    public Task<int> CancelOpenAsync(int executionNumber, int limit, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (tables.Execution(executionNumber) is not { Execution.Status: ExecutionStatus.Cancelled } entry
                || tables.Leases.Values.Any(l => l.Execution == entry))
            {
                return Task.FromResult(0);
            }

            var closed = 0;
            for (var ordinal = 0; ordinal < entry.Rows.Count && closed < limit; ordinal++)
            {
                if (entry.Rows[ordinal].Open)
                {
                    entry.Write(ordinal, RecipientRules.Cancel(entry.Rows[ordinal]));
                    closed++;
                }
            }

            return Task.FromResult(closed);
        }
    }

    internal static bool Close(ExecutionEntry entry, DateTimeOffset now)
    {
        if (entry.Execution.Status != ExecutionStatus.Running || entry.Execution.PlannedAt is null || entry.Counters.Open > 0)
        {
            return false;
        }

        entry.Execution = entry.Execution with { Status = ExecutionStatus.Completed, CompletedAt = now };
        return true;
    }

    private static void Pass(ExecutionEntry entry, int ordinal)
    {
        if (entry.SliceOf(ordinal) is { } slice)
        {
            slice.Position = Math.Max(slice.Position, ordinal - slice.First + 1);
        }
    }

    private static WaitingExecution? Unplanned(ExecutionEntry entry, DateTimeOffset now) =>
        entry.Execution is { PlannedAt: null, Status: ExecutionStatus.Queued or ExecutionStatus.Running } execution && entry.PlanUntil <= now
            ? new(execution.Number, Later(execution.StartedAt ?? execution.CreatedAt, entry.PlanUntil), ToPlan: true)
            : null;

    private static WaitingExecution? Unclaimed(ExecutionEntry entry, DateTimeOffset now)
    {
        var execution = entry.Execution;
        if (execution.Status != ExecutionStatus.Running)
        {
            return null;
        }

        return entry.ClaimableSlices.Count > 0 ? new(execution.Number, execution.StartedAt ?? execution.CreatedAt, ToPlan: false)
            : entry.NextDueAt <= now ? new(execution.Number, entry.NextDueAt.Value, ToPlan: false)
            : null;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private LeaseEntry? Held(DispatchLease lease, DateTimeOffset now) =>
        tables.Leases.TryGetValue(lease.Token, out var held) && held.Until > now ? held : null;

    private WorkItem Item(ExecutionEntry entry, int ordinal, bool fromQueue)
    {
        var row = entry.Rows[ordinal];
        return new(
            row,
            tables.Suppressed.GetValueOrDefault(row.ContactId),
            entry.Channel.Conversations.TryGetValue(row.ContactId, out var conversation) ? conversation.At : null,
            fromQueue);
    }

    private void End(LeaseEntry held)
    {
        var entry = held.Execution;
        var now = tables.Now;
        tables.Leases.Remove(held.Token);
        foreach (var slice in held.Slices)
        {
            slice.Token = null;
            for (var ordinal = slice.First; ordinal < slice.First + slice.Position; ordinal++)
            {
                if (!entry.IsQueued(ordinal) && entry.Unanswered(ordinal))
                {
                    entry.Write(ordinal, RecipientRules.Recover(entry.Rows[ordinal], now));
                }
            }

            if (entry.Remains(slice))
            {
                entry.ClaimableSlices.Add(slice.Number);
            }
        }

        foreach (var ordinal in held.Due)
        {
            if (entry.Due(ordinal) is not { } due || due.Token != held.Token)
            {
                continue;
            }

            if (due.Marked)
            {
                entry.Write(ordinal, RecipientRules.Recover(entry.Rows[ordinal], now));
            }
            else
            {
                entry.Unclaim(ordinal);
            }
        }
    }
}
