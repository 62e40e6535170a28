using System.Globalization;
using FlowDispatch.Automations;
using FlowDispatch.EntityFramework.Executions;
using FlowDispatch.Executions;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Automations;

internal sealed class AutomationStore(StoreDatabase database) : IAutomationStore
{
    public Task<IdempotencyEntry?> CreateAsync(
        Automation automation, IdempotencyEntry? idempotency = null, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            if (idempotency is not null
                && await Idempotency.KeepAsync(session, automation.OrganizationId, idempotency, cancellationToken).ConfigureAwait(false) is { } existing)
            {
                return existing;
            }

            var entity = new AutomationEntity { Id = automation.Id.Value, OrganizationId = automation.OrganizationId, CreatedAt = automation.CreatedAt };
            entity.Take(automation);
            session.Context.Add(entity);
            await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return null;
        },
        cancellationToken);

    public Task<Automation?> FindAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session => (await FindAsync(session, organizationId, id, cancellationToken).ConfigureAwait(false))?.ToAutomation(),
        cancellationToken);

    public Task<Automation?> UpdateAsync(
        string organizationId, AutomationId id, Func<Automation, Automation> change, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            await session.LockAsync<AutomationEntity>(id.Value, cancellationToken).ConfigureAwait(false);
            if (await FindAsync(session, organizationId, id, cancellationToken).ConfigureAwait(false) is not { } entity)
            {
                return null;
            }

            entity.Take(change(entity.ToAutomation()));
            await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return entity.ToAutomation();
        },
        cancellationToken);

    public Task<Page<Automation>> ListAsync(
        string organizationId, AutomationStatus? status, string? triggerType, string? text, PageRequest page, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session =>
        {
            var all = session.Context.Set<AutomationEntity>().AsNoTracking().Where(a => a.OrganizationId == organizationId);
            all = status is { } wanted ? all.Where(a => a.Status == wanted) : all.Where(a => a.Status != AutomationStatus.Archived);
            if (triggerType is not null)
            {
                all = all.Where(a => a.TriggerType == triggerType);
            }

            if (text is not null)
            {
                // Case is ignored as .NET ignores it, which databases do in their own ways: names are few enough to look through here.
                var names = await all.Select(a => new { a.Number, a.Name }).ToListAsync(cancellationToken).ConfigureAwait(false);
                var named = names.Where(a => a.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).Select(a => a.Number).ToList();
                all = all.Where(a => named.Contains(a.Number));
            }

            var rows = await Paging.NewestFirst(all, a => a.Number, page).ToListAsync(cancellationToken).ConfigureAwait(false);
            var total = await all.CountAsync(cancellationToken).ConfigureAwait(false);
            return Paging.Page(rows, total, page, a => a.ToAutomation(), a => a.Number.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<Automation?> ArchiveAsync(
        string organizationId, AutomationId id, DateTimeOffset at, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            await session.LockAsync<AutomationEntity>(id.Value, cancellationToken).ConfigureAwait(false);
            var entity = await FindAsync(session, organizationId, id, cancellationToken).ConfigureAwait(false);
            var open = entity is not null && await session.Context.Set<ExecutionEntity>().AnyAsync(
                e => e.AutomationId == id.Value
                    && (e.Status == ExecutionStatus.Queued || e.Status == ExecutionStatus.Running || e.Status == ExecutionStatus.Paused),
                cancellationToken).ConfigureAwait(false);
            if (entity is not null && entity.Status != AutomationStatus.Archived && !open)
            {
                (entity.Status, entity.UpdatedAt) = (AutomationStatus.Archived, at);
                await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            }

            return entity?.ToAutomation();
        },
        cancellationToken);

    private static Task<AutomationEntity?> FindAsync(StoreSession session, string organizationId, AutomationId id, CancellationToken cancellationToken) =>
        session.Context.Set<AutomationEntity>().SingleOrDefaultAsync(a => a.Id == id.Value && a.OrganizationId == organizationId, cancellationToken);
}
