using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.EntityFramework.Automations;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Executions;

internal sealed class ExecutionStore(SqliteDatabase database, TimeProvider time) : IExecutionStore
{
    public Task<ExecutionCreation> CreateAsync(
        Execution execution, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var context = session.Context;
            var entity = ExecutionEntity.From(execution);
            context.Add(entity);
            context.SaveChanges();
            context.Add(new CountersEntity { Execution = entity.Number, ForgivenSent = execution.Forgiven.Sent, ForgivenFailed = execution.Forgiven.Failed });
            var created = execution with { Number = entity.Number, Counters = default };

            if (respond?.Invoke(created) is { } entry && Idempotency.Keep(context, execution.OrganizationId, entry) is { } existing)
            {
                session.Undo();
                return new ExecutionCreation(null, existing);
            }

            var automation = context.Set<AutomationEntity>()
                .SingleOrDefault(a => a.Id == execution.AutomationId.Value && a.OrganizationId == execution.OrganizationId);
            if (automation is { Status: AutomationStatus.Archived })
            {
                throw new AutomationArchivedException();
            }

            if (automation is { Status: not AutomationStatus.Active })
            {
                automation.Status = AutomationStatus.Active;
                automation.UpdatedAt = execution.CreatedAt;
            }

            context.SaveChanges();
            return new ExecutionCreation(created, null);
        },
        cancellationToken);

    public Task<IdempotencyEntry?> FindIdempotencyAsync(
        string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => Idempotency.Find(session.Context, organizationId, key, now)?.ToEntry(), cancellationToken);

    public Task<Execution?> FindAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => One(session, e => e.Id == id.Value && e.OrganizationId == organizationId), cancellationToken);

    public Task<Execution?> FindByNumberAsync(int number, CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => One(session, e => e.Number == number), cancellationToken);

    public Task<Page<Execution>> ListAsync(
        string organizationId, AutomationId? automation, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var all = session.Context.Set<ExecutionEntity>().Where(e => e.OrganizationId == organizationId);
            if (automation is { } wanted)
            {
                all = all.Where(e => e.AutomationId == wanted.Value);
            }

            var ordered = Paging.NewestFirst(all, e => e.Number, page);
            var rows = WithCounters(session, ordered).OrderByDescending(r => r.Execution.Number).Take(page.Size + 1).ToList();
            return Paging.Page(
                rows, all.Count(), page, r => r.Execution.ToExecution(r.Counters), r => r.Execution.Number.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<AutomationTotals> SumAsync(string organizationId, AutomationId automation, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var rows = session.Context.Set<ExecutionEntity>()
                .Where(e => e.AutomationId == automation.Value && e.OrganizationId == organizationId && !e.TestMode)
                .Join(session.Context.Set<CountersEntity>(), e => e.Number, c => c.Execution, (e, c) => new { e.Number, e.Id, e.CreatedAt, Counters = c })
                .AsNoTracking();
            var (count, sum) = (0, default(ExecutionCounters));
            DateTimeOffset? lastAt = null;
            ExecutionId? lastId = null;
            foreach (var row in rows.OrderBy(r => r.Number))
            {
                count++;
                sum += row.Counters.ToCounters();
                (lastAt, lastId) = (row.CreatedAt, new(row.Id));
            }

            return new AutomationTotals(count, sum, lastAt, lastId);
        },
        cancellationToken);

    public Task<Execution?> UpdateAsync(
        string organizationId, ExecutionId id, Func<Execution, Execution> change, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var entity = session.Context.Set<ExecutionEntity>().SingleOrDefault(e => e.Id == id.Value && e.OrganizationId == organizationId);
            if (entity is null)
            {
                return null;
            }

            var counters = session.Context.Set<CountersEntity>().Single(c => c.Execution == entity.Number);
            var before = entity.ToExecution(counters);
            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return before;
            }

            entity.Take(after);
            (counters.ForgivenSent, counters.ForgivenFailed) = (after.Forgiven.Sent, after.Forgiven.Failed);
            session.Context.SaveChanges();
            return entity.ToExecution(counters);
        },
        cancellationToken);

    public Task<IReadOnlyList<ErrorCount>> CountErrorsAsync(ExecutionId id, CancellationToken cancellationToken = default) => database.ReadAsync<IReadOnlyList<ErrorCount>>(
        session => session.Context.Set<ErrorCountEntity>()
            .Join(session.Context.Set<ExecutionEntity>().Where(e => e.Id == id.Value), c => c.Execution, e => e.Number, (c, e) => c)
            .Where(c => c.Count > 0)
            .OrderByDescending(c => c.Count).ThenBy(c => c.Code)
            .Select(c => new ErrorCount(c.Code, c.Count))
            .ToList(),
        cancellationToken);

    public Task<PlanLease?> LeasePlanAsync(string node, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return database.WriteAsync(
            session =>
            {
                if (SqlitePlans.Take(session, lease, time.GetUtcNow()) is not { } number)
                {
                    return null;
                }

                var entity = session.Context.Set<ExecutionEntity>().AsNoTracking().Single(e => e.Number == number);
                return new PlanLease(One(session, e => e.Number == number)!, entity.PlanToken, entity.PlanPosition) { Duration = lease };
            },
            cancellationToken);
    }

    public Task<bool> AppendPlanAsync(PlanLease lease, PlanBatch batch, CancellationToken cancellationToken = default)
    {
        Bounds.AtMost(batch.Recipients.Count, 5_000, nameof(batch));
        if (batch.SliceSize is < 1 or > 500)
        {
            throw new ArgumentOutOfRangeException(nameof(batch), batch.SliceSize, $"PlanBatch.SliceSize is {batch.SliceSize}; it must be from 1 to 500.");
        }

        return database.WriteAsync(session => SqlitePlans.Append(session, lease, batch, time.GetUtcNow()), cancellationToken);
    }

    public Task ReleasePlanAsync(PlanLease lease, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => session["UPDATE fd_executions SET plan_until = NULL WHERE number = $1 AND plan_token = $2"].Run(lease.Execution.Number, lease.Token),
        cancellationToken);

    public Task<ExecutionAudit?> AuditAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default) => database.ReadAsync(
        session => One(session, e => e.Id == id.Value && e.OrganizationId == organizationId) is { } execution
            ? SqliteAudit.Count(session, execution)
            : null,
        cancellationToken);

    private static Execution? One(SqliteSession session, System.Linq.Expressions.Expression<Func<ExecutionEntity, bool>> which) =>
        WithCounters(session, session.Context.Set<ExecutionEntity>().Where(which)).SingleOrDefault() is { } row
            ? row.Execution.ToExecution(row.Counters)
            : null;

    private static IQueryable<Row> WithCounters(SqliteSession session, IQueryable<ExecutionEntity> executions) => executions
        .Join(session.Context.Set<CountersEntity>(), e => e.Number, c => c.Execution, (e, c) => new Row { Execution = e, Counters = c })
        .AsNoTracking();

    private sealed class Row
    {
        public required ExecutionEntity Execution { get; init; }

        public required CountersEntity Counters { get; init; }
    }
}
