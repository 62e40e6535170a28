using System.Globalization;
using FlowDispatch.Flows;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Flows;

internal sealed class FlowStore(StoreDatabase database) : IFlowStore
{
    public Task CreateAsync(Flow flow, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            var entity = new FlowEntity
            {
                Id = flow.Id.Value,
                OrganizationId = flow.OrganizationId,
                Version = flow.Version,
                CreatedAt = flow.CreatedAt,
                DeletedAt = flow.DeletedAt,
            };
            session.Context.Add(entity);
            await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            session.Context.Add(FlowVersionEntity.From(entity.Number, flow));
            return await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    public Task<Flow?> UpdateAsync(
        string organizationId, FlowId id, Func<Flow, Flow> change, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session =>
        {
            await session.LockAsync<FlowEntity>(id.Value, cancellationToken).ConfigureAwait(false);
            if (await Alive(session, organizationId).SingleOrDefaultAsync(f => f.Id == id.Value, cancellationToken).ConfigureAwait(false) is not { } entity)
            {
                return null;
            }

            var newest = entity.ToFlow(await session.Context.Set<FlowVersionEntity>()
                .SingleAsync(v => v.Flow == entity.Number && v.Version == entity.Version, cancellationToken).ConfigureAwait(false));
            var next = change(newest) with { Id = newest.Id, OrganizationId = newest.OrganizationId, Version = newest.Version + 1, CreatedAt = newest.CreatedAt };
            entity.Version = next.Version;
            session.Context.Add(FlowVersionEntity.From(entity.Number, next));
            await session.Context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return next;
        },
        cancellationToken);

    public Task<Flow?> FindAsync(string organizationId, FlowId id, int? version = null, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session => (await WithVersions(session, Alive(session, organizationId).Where(f => f.Id == id.Value))
            .SingleOrDefaultAsync(r => r.Version.Version == (version ?? r.Flow.Version), cancellationToken).ConfigureAwait(false))?.ToFlow(),
        cancellationToken);

    public Task<Page<Flow>> ListAsync(string organizationId, PageRequest page, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session =>
        {
            var all = Alive(session, organizationId);
            var rows = await WithVersions(session, Paging.NewestFirst(all, f => f.Number, page))
                .Where(r => r.Version.Version == r.Flow.Version)
                .OrderByDescending(r => r.Flow.Number)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            var total = await all.CountAsync(cancellationToken).ConfigureAwait(false);
            return Paging.Page(rows, total, page, r => r.ToFlow(), r => r.Flow.Number.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<Page<Flow>> ListVersionsAsync(
        string organizationId, FlowId id, PageRequest page, CancellationToken cancellationToken = default) => database.QueryAsync(
        async session =>
        {
            var entity = await Alive(session, organizationId).AsNoTracking().SingleOrDefaultAsync(f => f.Id == id.Value, cancellationToken).ConfigureAwait(false);
            if (entity is null)
            {
                return new Page<Flow>([], 0, null);
            }

            var all = session.Context.Set<FlowVersionEntity>().AsNoTracking().Where(v => v.Flow == entity.Number);
            var rows = await Paging.NewestFirst(all, v => v.Version, page).ToListAsync(cancellationToken).ConfigureAwait(false);
            var total = await all.CountAsync(cancellationToken).ConfigureAwait(false);
            return Paging.Page(rows, total, page, entity.ToFlow, v => v.Version.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<bool> DeleteAsync(string organizationId, FlowId id, DateTimeOffset at, CancellationToken cancellationToken = default) => database.ChangeAsync(
        async session => await Alive(session, organizationId).Where(f => f.Id == id.Value)
            .ExecuteUpdateAsync(f => f.SetProperty(x => x.DeletedAt, at), cancellationToken).ConfigureAwait(false) != 0,
        cancellationToken);

    private static IQueryable<FlowEntity> Alive(StoreSession session, string organizationId) =>
        session.Context.Set<FlowEntity>().Where(f => f.OrganizationId == organizationId && f.DeletedAt == null);

    private static IQueryable<Row> WithVersions(StoreSession session, IQueryable<FlowEntity> flows) => flows
        .Join(session.Context.Set<FlowVersionEntity>(), f => f.Number, v => v.Flow, (f, v) => new Row { Flow = f, Version = v })
        .AsNoTracking();

    private sealed class Row
    {
        public required FlowEntity Flow { get; init; }

        public required FlowVersionEntity Version { get; init; }

        public Flow ToFlow() => Flow.ToFlow(Version);
    }
}
