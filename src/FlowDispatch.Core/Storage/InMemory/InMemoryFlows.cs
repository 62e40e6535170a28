using FlowDispatch.Flows;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryFlows(Tables tables) : IFlowStore
{
    public Task CreateAsync(Flow flow, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            tables.Flows.Add(flow.Id, [flow with { Version = 1 }]);
        }

        return Task.CompletedTask;
    }

    public Task<Flow?> UpdateAsync(string organizationId, FlowId id, Func<Flow, Flow> change, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (Versions(organizationId, id) is not { } versions)
            {
                return Task.FromResult<Flow?>(null);
            }

            var next = change(versions[^1]) with { Version = versions.Count + 1 };
            versions.Add(next);
            return Task.FromResult<Flow?>(next);
        }
    }

    public Task<Flow?> FindAsync(string organizationId, FlowId id, int? version = null, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var versions = Versions(organizationId, id);
            return Task.FromResult(version is null ? versions?[^1] : versions?.Find(f => f.Version == version));
        }
    }

    public Task<Page<Flow>> ListAsync(string organizationId, PageRequest page, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Tables.Cut(
                [.. tables.Flows.Values.Select(v => v[^1]).Where(f => f.OrganizationId == organizationId && f.DeletedAt is null)
                    .OrderByDescending(f => f.CreatedAt).ThenByDescending(f => f.Id.ToString(), StringComparer.Ordinal)],
                page));
        }
    }

    public Task<Page<Flow>> ListVersionsAsync(string organizationId, FlowId id, PageRequest page, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Tables.Cut([.. (Versions(organizationId, id) ?? []).AsEnumerable().Reverse()], page));
        }
    }

    public Task<bool> DeleteAsync(string organizationId, FlowId id, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            var versions = Versions(organizationId, id);
            if (versions is not null)
            {
                versions[^1] = versions[^1] with { DeletedAt = at };
            }

            return Task.FromResult(versions is not null);
        }
    }

    private List<Flow>? Versions(string organizationId, FlowId id) =>
        tables.Flows.TryGetValue(id, out var versions) && versions[^1].OrganizationId == organizationId && versions[^1].DeletedAt is null ? versions : null;
}
