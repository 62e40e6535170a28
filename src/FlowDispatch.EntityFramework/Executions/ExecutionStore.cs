using System.Globalization;
using System.Linq.Expressions;
using FlowDispatch.Automations;
using FlowDispatch.EntityFramework.Automations;
using FlowDispatch.EntityFramework.Retention;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Executions;

/// <summary>Executions by ordinary queries; planning and the audit are the provider's.</summary>
internal abstract class ExecutionStore(StoreDatabase database) : IExecutionStore
{
    private const int MostPlanned = 5_000;
    private const int MostInSlice = 500;

    public Task<ExecutionCreation> CreateAsync(
        Execution execution, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            var context = session.Context;
            var entity = ExecutionEntity.From(execution);
            context.Add(entity);
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            context.Add(new CountersEntity { Execution = entity.Number, ForgivenSent = execution.Forgiven.Sent, ForgivenFailed = execution.Forgiven.Failed });
            var created = execution with { Number = entity.Number, Counters = default };

            if (respond?.Invoke(created) is { } entry
                && await Idempotency.KeepAsync(session, execution.OrganizationId, entry, cancellationToken).ConfigureAwait(false) is { } existing)
            {
                session.Undo();
                return new ExecutionCreation(null, existing);
            }

            await session.LockAsync<AutomationEntity>(execution.AutomationId.Value, cancellationToken).ConfigureAwait(false);
            var automation = await context.Set<AutomationEntity>()
                .SingleOrDefaultAsync(a => a.Id == execution.AutomationId.Value && a.OrganizationId == execution.OrganizationId, cancellationToken).ConfigureAwait(false);
            if (automation is { Status: AutomationStatus.Archived })
            {
                throw new AutomationArchivedException();
            }

            if (automation is { Status: not AutomationStatus.Active })
            {
                automation.Status = AutomationStatus.Active;
                automation.UpdatedAt = execution.CreatedAt;
            }

            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await session.SignalAsync(cancellationToken).ConfigureAwait(false);
            return new ExecutionCreation(created, null);
        },
        cancellationToken);

    public Task<IdempotencyEntry?> FindIdempotencyAsync(
        string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session => (await Idempotency.FindAsync(session, organizationId, key, now, cancellationToken).ConfigureAwait(false))?.ToEntry(),
        cancellationToken);

    public Task<Execution?> FindAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) =>
        database.QueryAsync(session => OneAsync(session, e => e.Id == id.Value && e.OrganizationId == organizationId, cancellationToken), cancellationToken);

    public Task<Execution?> FindByNumberAsync(int number, CancellationToken cancellationToken = default) =>
        database.QueryAsync(session => OneAsync(session, e => e.Number == number, cancellationToken), cancellationToken);

    public Task<Page<Execution>> ListAsync(
        string organizationId, AutomationId? automation, PageRequest page, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session =>
        {
            var all = session.Context.Set<ExecutionEntity>().Where(e => e.OrganizationId == organizationId);
            if (automation is { } wanted)
            {
                all = all.Where(e => e.AutomationId == wanted.Value);
            }

            var ordered = Paging.NewestFirst(all, e => e.Number, page);
            var rows = await WithCounters(session, ordered).OrderByDescending(r => r.Execution.Number).Take(page.Size + 1)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            var total = await all.CountAsync(cancellationToken).ConfigureAwait(false);
            return Paging.Page(
                rows, total, page, r => r.Execution.ToExecution(r.Counters), r => r.Execution.Number.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<AutomationTotals> SumAsync(string organizationId, AutomationId automation, CancellationToken cancellationToken = default) => database.ViewAsync(
        async session =>
        {
            var rows = session.Context.Set<ExecutionEntity>()
                .Where(e => e.AutomationId == automation.Value && e.OrganizationId == organizationId && !e.TestMode)
                .Join(Counters(session), e => e.Number, c => c.Execution, (e, c) => new { e.Number, e.Id, e.CreatedAt, Counters = c })
                .AsNoTracking();
            var (count, sum) = (0, default(ExecutionCounters));
            DateTimeOffset? lastAt = null;
            ExecutionId? lastId = null;
            await foreach (var row in rows.OrderBy(r => r.Number).AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                count++;
                sum += row.Counters.ToCounters();
                (lastAt, lastId) = (row.CreatedAt, new(row.Id));
            }

            var kept = await session.Context.Set<KeptTotalsEntity>().AsNoTracking()
                .Where(t => t.AutomationId == automation.Value
                    && session.Context.Set<AutomationEntity>().Any(a => a.Id == automation.Value && a.OrganizationId == organizationId))
                .SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            var present = new AutomationTotals(count, sum, lastAt, lastId);
            return kept is null ? present : kept.ToTotals() + present;
        },
        cancellationToken);

    public Task<Execution?> UpdateAsync(
        string organizationId, ExecutionId id, Func<Execution, Execution> change, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            await session.LockAsync<ExecutionEntity>(id.Value, cancellationToken).ConfigureAwait(false);
            var entity = await session.Context.Set<ExecutionEntity>()
                .SingleOrDefaultAsync(e => e.Id == id.Value && e.OrganizationId == organizationId, cancellationToken).ConfigureAwait(false);
            if (entity is null)
            {
                return null;
            }

            var counters = await Counters(session).AsNoTracking().SingleAsync(c => c.Execution == entity.Number, cancellationToken).ConfigureAwait(false);
            var before = entity.ToExecution(counters);
            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return before;
            }

            entity.Take(after);
            await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            if (after.Forgiven != before.Forgiven)
            {
                (counters.ForgivenSent, counters.ForgivenFailed) = (after.Forgiven.Sent, after.Forgiven.Failed);
                await session.Context.Set<CountersEntity>().Where(c => c.Execution == entity.Number).ExecuteUpdateAsync(
                    c => c.SetProperty(x => x.ForgivenSent, after.Forgiven.Sent).SetProperty(x => x.ForgivenFailed, after.Forgiven.Failed),
                    cancellationToken).ConfigureAwait(false);
            }

            await session.SignalAsync(cancellationToken).ConfigureAwait(false);
            return entity.ToExecution(counters);
        },
        cancellationToken);

    public Task<IReadOnlyList<Execution>> FindOwingReturnsAsync(int after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000);
        return database.QueryAsync<IReadOnlyList<Execution>>(
            async session =>
            {
                var owing = session.Context.Set<ExecutionEntity>()
                    .Where(e => e.OwesReturns && e.Number > after && (e.Status == ExecutionStatus.Completed || e.Status == ExecutionStatus.Cancelled));
                var rows = await WithCounters(session, owing).Where(r => r.Counters.Open == 0).OrderBy(r => r.Execution.Number).Take(limit)
                    .ToListAsync(cancellationToken).ConfigureAwait(false);
                return rows.ConvertAll(r => r.Execution.ToExecution(r.Counters));
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<ErrorCount>> CountErrorsAsync(ExecutionId id, CancellationToken cancellationToken = default) => database.QueryAsync<IReadOnlyList<ErrorCount>>(
        async session => (await ErrorsAsync(session, id, cancellationToken).ConfigureAwait(false))
            .OrderByDescending(c => c.Count).ThenBy(c => c.Code, StringComparer.Ordinal)
            .ToList(),
        cancellationToken);

    public Task<PlanLease?> LeasePlanAsync(string node, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return LeasePlanAsync(lease, cancellationToken);
    }

    public Task<bool> AppendPlanAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(batch.Recipients.Count, MostPlanned, nameof(batch));
        return batch.SliceSize is < 1 or > MostInSlice
            ? throw new ArgumentOutOfRangeException(nameof(batch), batch.SliceSize, $"PlanBatch.SliceSize is {batch.SliceSize}; it must be from 1 to {MostInSlice}.")
            : AppendAsync(lease, batch, cancellationToken);
    }

    public abstract Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default);

    public abstract Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default);

    protected abstract Task<PlanLease?> LeasePlanAsync(TimeSpan lease, CancellationToken cancellationToken);

    protected abstract Task<bool> AppendAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken);

    /// <summary>The counters as they stand, one row per execution.</summary>
    protected virtual IQueryable<CountersEntity> Counters(StoreSession session) => session.Context.Set<CountersEntity>();

    /// <summary>The codes with which people are failed or skipped, in no order.</summary>
    protected virtual Task<List<ErrorCount>> ErrorsAsync(StoreSession session, ExecutionId id, CancellationToken cancellationToken) =>
        session.Context.Set<ErrorCountEntity>()
            .Join(session.Context.Set<ExecutionEntity>().Where(e => e.Id == id.Value), c => c.Execution, e => e.Number, (c, e) => c)
            .Where(c => c.Count > 0)
            .Select(c => new ErrorCount(c.Code, c.Count))
            .ToListAsync(cancellationToken);

    protected async Task<Execution?> OneAsync(StoreSession session, Expression<Func<ExecutionEntity, bool>> which, CancellationToken cancellationToken) =>
        await WithCounters(session, session.Context.Set<ExecutionEntity>().Where(which)).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } row
            ? row.Execution.ToExecution(row.Counters)
            : null;

    /// <summary>What a planner leased, as it stands now.</summary>
    protected async Task<PlanLease> PlanLeaseAsync(StoreSession session, int number, TimeSpan lease, CancellationToken cancellationToken)
    {
        var row = await WithCounters(session, session.Context.Set<ExecutionEntity>().Where(e => e.Number == number)).SingleAsync(cancellationToken).ConfigureAwait(false);
        return new(row.Execution.ToExecution(row.Counters), row.Execution.PlanToken, row.Execution.PlanPosition) { Duration = lease };
    }

    private IQueryable<Row> WithCounters(StoreSession session, IQueryable<ExecutionEntity> executions) => executions
        .Join(Counters(session), e => e.Number, c => c.Execution, (e, c) => new Row { Execution = e, Counters = c })
        .AsNoTracking();

    private sealed class Row
    {
        public required ExecutionEntity Execution { get; init; }

        public required CountersEntity Counters { get; init; }
    }
}
