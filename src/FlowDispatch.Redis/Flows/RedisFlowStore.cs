using System.Text.Json;
using FlowDispatch.Flows;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Flows;

/// <summary>An organization's flows: the newest versions in one hash, all versions of each in one of its own.</summary>
internal sealed class RedisFlowStore(RedisConnection connection) : IFlowStore
{
    private static readonly RedisScript WriteScript = RedisScript.Load("flow_write");

    public Task CreateAsync(Flow flow, CancellationToken cancellationToken = default) =>
        WriteAsync(flow with { Version = 1 }, RedisValue.EmptyString, cancellationToken);

    public async Task<Flow?> UpdateAsync(string organizationId, FlowId id, Func<Flow, Flow> change, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var document = await DocumentAsync(organizationId, id).ConfigureAwait(false);
            if (Living(document) is not { } newest)
            {
                return null;
            }

            var next = change(newest) with { Version = newest.Version + 1 };
            if (await WriteAsync(next, document, cancellationToken).ConfigureAwait(false))
            {
                return next;
            }
        }
    }

    public async Task<Flow?> FindAsync(string organizationId, FlowId id, int? version = null, CancellationToken cancellationToken = default)
    {
        var newest = Living(await DocumentAsync(organizationId, id).ConfigureAwait(false));
        if (newest is null || version is null || version == newest.Version)
        {
            return newest;
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        return Read(await database.HashGetAsync(VersionsKey(organizationId, id), version).ConfigureAwait(false));
    }

    public async Task<Page<Flow>> ListAsync(string organizationId, PageRequest page, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var documents = await database.HashValuesAsync(Root(organizationId).Append("flows")).ConfigureAwait(false);
        return Paging.Cut(
            [.. documents.Select(Living).OfType<Flow>().OrderByDescending(f => f.CreatedAt).ThenByDescending(f => f.Id.ToString(), StringComparer.Ordinal)], page);
    }

    public async Task<Page<Flow>> ListVersionsAsync(string organizationId, FlowId id, PageRequest page, CancellationToken cancellationToken = default)
    {
        if (Living(await DocumentAsync(organizationId, id).ConfigureAwait(false)) is null)
        {
            return new([], 0, null);
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var documents = await database.HashValuesAsync(VersionsKey(organizationId, id)).ConfigureAwait(false);
        return Paging.Cut([.. documents.Select(Read).OfType<Flow>().OrderByDescending(f => f.Version)], page);
    }

    public async Task<bool> DeleteAsync(string organizationId, FlowId id, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var document = await DocumentAsync(organizationId, id).ConfigureAwait(false);
            if (Living(document) is not { } newest)
            {
                return false;
            }

            if (await WriteAsync(newest with { DeletedAt = at }, document, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }
    }

    private static Flow? Read(RedisValue document) => document.IsNull ? null : JsonSerializer.Deserialize<Flow>((byte[])document!, JsonText.Options);

    private static Flow? Living(RedisValue document) => Read(document) is { DeletedAt: null } flow ? flow : null;

    private RedisKey Root(string organizationId) => connection.Root("o:" + organizationId);

    private RedisKey VersionsKey(string organizationId, FlowId id) => Root(organizationId).Append("flow:" + id);

    private async Task<RedisValue> DocumentAsync(string organizationId, FlowId id)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        return await database.HashGetAsync(Root(organizationId).Append("flows"), id.ToString()).ConfigureAwait(false);
    }

    private async Task<bool> WriteAsync(Flow flow, RedisValue expected, CancellationToken cancellationToken)
    {
        var arguments = new ScriptArguments(connection).Add(flow.Id.ToString()).Add(expected)
            .Add(JsonSerializer.SerializeToUtf8Bytes(flow, JsonText.Options)).Add(flow.Version);
        return (int)await connection.RunAsync(WriteScript, Root(flow.OrganizationId), arguments, cancellationToken).ConfigureAwait(false) == 1;
    }
}
