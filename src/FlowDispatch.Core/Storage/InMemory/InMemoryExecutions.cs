using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryExecutions(Tables tables) : IExecutionStore
{
    public Task<ExecutionCreation> CreateAsync(Execution execution, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var automation = tables.Automations[execution.AutomationId];
            if (automation.Status == AutomationStatus.Archived)
            {
                throw new AutomationArchivedException();
            }

            var numbered = execution with { Number = tables.NextNumber() };
            if (respond?.Invoke(numbered) is { } entry)
            {
                if (tables.Taken(execution.OrganizationId, entry.Key, entry.CreatedAt) is { } taken)
                {
                    return Task.FromResult(new ExecutionCreation(null, taken));
                }

                tables.Idempotency[(execution.OrganizationId, entry.Key)] = entry;
            }

            var kept = new ExecutionEntry(numbered, tables.Channel(numbered.Snapshot.Settings.ChannelId));
            tables.Executions.Add(kept);
            kept.Channel.Executions.Add(kept);
            tables.ExecutionsByNumber.Add(numbered.Number, kept);
            tables.ExecutionsById.Add(numbered.Id, kept);
            tables.Automations[automation.Id] = automation with { Status = AutomationStatus.Active, UpdatedAt = execution.CreatedAt };
            return Task.FromResult(new ExecutionCreation(numbered, null));
        }
    }

    public Task<IdempotencyEntry?> FindIdempotencyAsync(string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(tables.Taken(organizationId, key, now));
        }
    }

    public Task<Execution?> FindAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(tables.Execution(organizationId, id)?.Snapshot());
        }
    }

    public Task<Execution?> FindByNumberAsync(int number, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(tables.Execution(number)?.Snapshot());
        }
    }

    public Task<Page<Execution>> ListAsync(string organizationId, AutomationId? automation, PageRequest page, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Tables.Cut(
                [.. tables.Executions.AsEnumerable().Reverse()
                    .Where(e => e.Execution.OrganizationId == organizationId && (automation is null || e.Execution.AutomationId == automation))
                    .Select(e => e.Snapshot())],
                page));
        }
    }

    public Task<AutomationTotals> SumAsync(string organizationId, AutomationId automation, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var runs = tables.Executions
                .Where(e => e.Execution.OrganizationId == organizationId && e.Execution.AutomationId == automation && !e.Execution.Snapshot.TestMode)
                .ToList();
            var last = runs.LastOrDefault()?.Execution;
            var present = new AutomationTotals(runs.Count, runs.Aggregate(default(ExecutionCounters), (sum, run) => sum + run.Counters), last?.CreatedAt, last?.Id);
            return Task.FromResult(
                tables.KeptTotals.TryGetValue(automation, out var kept) && tables.Automations.TryGetValue(automation, out var owner) && owner.OrganizationId == organizationId
                    ? kept + present
                    : present);
        }
    }

    public Task<Execution?> UpdateAsync(string organizationId, ExecutionId id, Func<Execution, Execution> change, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (tables.Execution(organizationId, id) is not { } entry)
            {
                return Task.FromResult<Execution?>(null);
            }

            entry.Execution = change(entry.Snapshot()) with { Number = entry.Execution.Number, Counters = default };
            return Task.FromResult<Execution?>(entry.Snapshot());
        }
    }

    public Task<IReadOnlyList<Execution>> FindOwingReturnsAsync(int after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<Execution>>(
            [
                .. tables.Executions
                    .Where(e => e.Execution is { OwesReturns: true, Status: ExecutionStatus.Completed or ExecutionStatus.Cancelled } && e.Counters.Open == 0)
                    .Where(e => e.Execution.Number > after)
                    .Take(limit)
                    .Select(e => e.Snapshot()),
            ]);
        }
    }

    public Task<IReadOnlyList<ErrorCount>> CountErrorsAsync(ExecutionId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult<IReadOnlyList<ErrorCount>>(
                tables.ExecutionsById.TryGetValue(id, out var entry)
                    ? [.. entry.Errors.Select(e => new ErrorCount(e.Key, e.Value)).OrderByDescending(e => e.Count).ThenBy(e => e.Code, StringComparer.Ordinal)]
                    : []);
        }
    }

    public Task<PlanLease?> LeasePlanAsync(string node, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        lock (tables.Gate)
        {
            var now = tables.Now;
            var entry = tables.Executions.Find(e =>
                e.Execution is { PlannedAt: null, Status: ExecutionStatus.Queued or ExecutionStatus.Running } && e.PlanUntil <= now);
            if (entry is null)
            {
                return Task.FromResult<PlanLease?>(null);
            }

            entry.PlanToken = tables.NextToken();
            entry.PlanUntil = now + lease;
            entry.Execution = entry.Execution with { Status = ExecutionStatus.Running, StartedAt = entry.Execution.StartedAt ?? now };
            return Task.FromResult<PlanLease?>(new(entry.Snapshot(), entry.PlanToken, entry.PlanPosition) { Duration = lease });
        }
    }

    public Task<bool> AppendPlanAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var entry = tables.Execution(lease.Execution.Number);
            var now = tables.Now;
            if (entry is null || entry.PlanToken != lease.Token || entry.PlanUntil <= now || entry.Execution is not { Status: ExecutionStatus.Running, PlannedAt: null })
            {
                return Task.FromResult(false);
            }

            var first = entry.Rows.Count;
            foreach (var planned in batch.Recipients)
            {
                if (entry.People.TryAdd(planned.ContactId, entry.Rows.Count))
                {
                    var row = planned.At(entry.Execution, entry.Rows.Count, batch.At);
                    entry.Rows.Add(row);
                    entry.Count(row);
                }
            }

            entry.AddSlices(first, batch.SliceSize);
            entry.PlanPosition = batch.Position;
            entry.PlanUntil = now + lease.Duration;
            if (batch.Finished)
            {
                entry.Execution = entry.Execution with { PlannedAt = batch.At };
                InMemoryClaims.Close(entry, batch.At);
            }

            return Task.FromResult(true);
        }
    }

    public Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (tables.Execution(lease.Execution.Number) is { } entry && entry.PlanToken == lease.Token)
            {
                entry.PlanUntil = DateTimeOffset.MinValue;
            }
        }

        return Task.CompletedTask;
    }

    public Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (tables.Execution(organizationId, id) is not { } entry)
            {
                return Task.FromResult<ExecutionAudit?>(null);
            }

            var rows = default(ExecutionCounters);
            var statuses = Enum.GetValues<RecipientStatus>().ToDictionary(s => s, _ => 0);
            for (var ordinal = 0; ordinal < entry.Rows.Count; ordinal++)
            {
                rows += entry.Rows[ordinal].Tally;
                statuses[entry.Shown(ordinal).Status]++;
            }

            return Task.FromResult<ExecutionAudit?>(new(entry.Snapshot(), rows, statuses));
        }
    }
}
