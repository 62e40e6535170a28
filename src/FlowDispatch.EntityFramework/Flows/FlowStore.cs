using System.Globalization;
using FlowDispatch.EntityFramework.Sqlite;
using FlowDispatch.Flows;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Flows;

internal sealed class FlowStore(SqliteDatabase database) : IFlowStore
{
    public Task CreateAsync(Flow flow, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
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
            session.Context.SaveChanges();
            session.Context.Add(FlowVersionEntity.From(entity.Number, flow));
            return session.Context.SaveChanges();
        },
        cancellationToken);

    public Task<Flow?> UpdateAsync(
        string organizationId, FlowId id, Func<Flow, Flow> change, CancellationToken cancellationToken = default) => database.WriteAsync(
        session =>
        {
            if (Alive(session, organizationId).SingleOrDefault(f => f.Id == id.Value) is not { } entity)
            {
                return null;
            }

            var newest = entity.ToFlow(session.Context.Set<FlowVersionEntity>().Single(v => v.Flow == entity.Number && v.Version == entity.Version));
            var next = change(newest) with { Id = newest.Id, OrganizationId = newest.OrganizationId, Version = newest.Version + 1, CreatedAt = newest.CreatedAt };
            entity.Version = next.Version;
            session.Context.Add(FlowVersionEntity.From(entity.Number, next));
            session.Context.SaveChanges();
            return next;
        },
        cancellationToken);

    public Task<Flow?> FindAsync(string organizationId, FlowId id, int? version = null, CancellationToken cancellationToken = default) => database.ReadAsync(
        session => WithVersions(session, Alive(session, organizationId).Where(f => f.Id == id.Value))
            .SingleOrDefault(r => r.Version.Version == (version ?? r.Flow.Version))?.ToFlow(),
        cancellationToken);

    public Task<Page<Flow>> ListAsync(string organizationId, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var all = Alive(session, organizationId);
            var rows = WithVersions(session, Paging.NewestFirst(all, f => f.Number, page))
                .Where(r => r.Version.Version == r.Flow.Version)
                .OrderByDescending(r => r.Flow.Number)
                .ToList();
            return Paging.Page(rows, all.Count(), page, r => r.ToFlow(), r => r.Flow.Number.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<Page<Flow>> ListVersionsAsync(
        string organizationId, FlowId id, PageRequest page, CancellationToken cancellationToken = default) => database.ReadAsync(
        session =>
        {
            var entity = Alive(session, organizationId).AsNoTracking().SingleOrDefault(f => f.Id == id.Value);
            if (entity is null)
            {
                return new Page<Flow>([], 0, null);
            }

            var all = session.Context.Set<FlowVersionEntity>().AsNoTracking().Where(v => v.Flow == entity.Number);
            var rows = Paging.NewestFirst(all, v => v.Version, page).ToList();
            return Paging.Page(rows, all.Count(), page, entity.ToFlow, v => v.Version.ToString(CultureInfo.InvariantCulture));
        },
        cancellationToken);

    public Task<bool> DeleteAsync(string organizationId, FlowId id, DateTimeOffset at, CancellationToken cancellationToken = default) => database.WriteAsync(
        session => Alive(session, organizationId).Where(f => f.Id == id.Value).ExecuteUpdate(f => f.SetProperty(x => x.DeletedAt, at)) != 0,
        cancellationToken);

    private static IQueryable<FlowEntity> Alive(SqliteSession session, string organizationId) =>
        session.Context.Set<FlowEntity>().Where(f => f.OrganizationId == organizationId && f.DeletedAt == null);

    private static IQueryable<Row> WithVersions(SqliteSession session, IQueryable<FlowEntity> flows) => flows
        .Join(session.Context.Set<FlowVersionEntity>(), f => f.Number, v => v.Flow, (f, v) => new Row { Flow = f, Version = v })
        .AsNoTracking();

    private sealed class Row
    {
        public required FlowEntity Flow { get; init; }

        public required FlowVersionEntity Version { get; init; }

        public Flow ToFlow() => Flow.ToFlow(Version);
    }
}
