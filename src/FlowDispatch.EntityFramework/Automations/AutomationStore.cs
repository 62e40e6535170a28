using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Automations;

internal sealed class AutomationStore(SqliteDatabase database) : IAutomationStore
{
    public Task<IdempotencyEntry?> CreateAsync(
        Automation automation, IdempotencyEntry? idempotency = null, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            if (idempotency is not null && Idempotency.Keep(session.Context, automation.OrganizationId, idempotency) is { } existing)
            {
                return existing;
            }

            var entity = new AutomationEntity { Id = automation.Id.Value, OrganizationId = automation.OrganizationId, CreatedAt = automation.CreatedAt };
            entity.Take(automation);
            session.Context.Add(entity);
            session.Context.SaveChanges();
            return null;
        },
        cancellationToken);

    public Task<Automation?> FindAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default) =>
        database.ReadAsync(session => Find(session, organizationId, id)?.ToAutomation(), cancellationToken);

    public Task<Automation?> UpdateAsync(
        string organizationId, AutomationId id, Func<Automation, Automation> change, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            if (Find(session, organizationId, id) is not { } entity)
            {
                return null;
            }

            entity.Take(change(entity.ToAutomation()));
            session.Context.SaveChanges();
            return entity.ToAutomation();
        },
        cancellationToken);

    public Task<Page<Automation>> ListAsync(
        string organizationId, AutomationStatus? status, string? triggerType, string? text, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var all = session.Context.Set<AutomationEntity>().AsNoTracking().Where(a => a.OrganizationId == organizationId);
            all = status is { } wanted ? all.Where(a => a.Status == wanted) : all.Where(a => a.Status != AutomationStatus.Archived);
            if (triggerType is not null)
            {
                all = all.Where(a => a.TriggerType == triggerType);
            }

            if (text is not null)
            {
                // Case is ignored as .NET ignores it, which SQLite does for ASCII only: names are few enough to look through here.
                var named = all.Select(a => new { a.Number, a.Name }).AsEnumerable()
                    .Where(a => a.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
                    .Select(a => a.Number)
                    .ToList();
                all = all.Where(a => named.Contains(a.Number));
            }

            var rows = Paging.NewestFirst(all, a => a.Number, page).ToList();
            return Paging.Page(rows, all.Count(), page, a => a.ToAutomation(), a => a.Number.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<Automation?> ArchiveAsync(
        string organizationId, AutomationId id, DateTimeOffset at, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            var entity = Find(session, organizationId, id);
            var open = entity is not null && session.Context.Set<ExecutionEntity>().Any(e => e.AutomationId == id.Value
                && (e.Status == ExecutionStatus.Queued || e.Status == ExecutionStatus.Running || e.Status == ExecutionStatus.Paused));
            if (entity is not null && entity.Status != AutomationStatus.Archived && !open)
            {
                (entity.Status, entity.UpdatedAt) = (AutomationStatus.Archived, at);
                session.Context.SaveChanges();
            }

            return entity?.ToAutomation();
        },
        cancellationToken);

    private static AutomationEntity? Find(SqliteSession session, string organizationId, AutomationId id) =>
        session.Context.Set<AutomationEntity>().SingleOrDefault(a => a.Id == id.Value && a.OrganizationId == organizationId);
}
