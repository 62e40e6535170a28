using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Redis.Connection;
using FlowDispatch.Redis.Executions;
using FlowDispatch.Storage;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Automations;

/// <summary>An organization's automations are documents in one hash: they are few enough to be read whole for a listing.</summary>
internal sealed class RedisAutomationStore(RedisConnection connection, ExecutionHeads heads) : IAutomationStore
{
    private static readonly RedisScript CreateScript = RedisScript.Load("idempotency", "automation_create");
    private static readonly RedisScript WriteScript = RedisScript.Load("automation_write");

    public static Automation? Read(RedisValue document) =>
        document.IsNullOrEmpty ? null : JsonSerializer.Deserialize<Automation>((byte[])document!, JsonText.Options);

    public static RedisValue Write(Automation automation) => JsonSerializer.SerializeToUtf8Bytes(automation, JsonText.Options);

    public async Task<IdempotencyEntry?> CreateAsync(Automation automation, IdempotencyEntry? idempotency = null, CancellationToken cancellationToken = default)
    {
        var arguments = new ScriptArguments(connection).Add(automation.Id.ToString()).Add(Write(automation));
        IdempotencyText.AddTo(arguments, idempotency, connection.OwnClock);
        return IdempotencyText.Read((RedisValue)await connection.RunAsync(CreateScript, Root(automation.OrganizationId), arguments, cancellationToken).ConfigureAwait(false));
    }

    public async Task<Automation?> FindAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default) =>
        Read(await DocumentAsync(organizationId, id).ConfigureAwait(false));

    public async Task<Automation?> UpdateAsync(
        string organizationId, AutomationId id, Func<Automation, Automation> change, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var document = await DocumentAsync(organizationId, id).ConfigureAwait(false);
            if (Read(document) is not { } before)
            {
                return null;
            }

            var after = change(before);
            if (await WriteAsync(after, document, archive: false, cancellationToken).ConfigureAwait(false) == 1)
            {
                return after;
            }
        }
    }

    public async Task<Page<Automation>> ListAsync(
        string organizationId, AutomationStatus? status, string? triggerType, string? text, PageRequest page, CancellationToken cancellationToken = default)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var documents = await database.HashValuesAsync(Key(organizationId)).ConfigureAwait(false);
        return Paging.Cut(
            [
                .. documents.Select(Read).OfType<Automation>()
                    .Where(a => status is null ? a.Status != AutomationStatus.Archived : a.Status == status)
                    .Where(a => triggerType is null || a.Settings.TriggerType == triggerType)
                    .Where(a => text is null || a.Settings.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
                    .OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id.ToString(), StringComparer.Ordinal),
            ],
            page);
    }

    public async Task<Automation?> ArchiveAsync(string organizationId, AutomationId id, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var document = await DocumentAsync(organizationId, id).ConfigureAwait(false);
            if (Read(document) is not { } before || before.Status == AutomationStatus.Archived)
            {
                return Read(document);
            }

            await ForgetEndedAsync(organizationId, id).ConfigureAwait(false);
            var archived = before with { Status = AutomationStatus.Archived, UpdatedAt = at };
            switch (await WriteAsync(archived, document, archive: true, cancellationToken).ConfigureAwait(false))
            {
                case 1:
                    return archived;
                case 2:
                    return before;
                default:
                    break; // it was changed meanwhile: look again
            }
        }
    }

    // Executions end in their own slots; the set of open ones is put right when it is asked.
    private async Task ForgetEndedAsync(string organizationId, AutomationId id)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        var open = Root(organizationId).Append("open:" + id);
        foreach (var number in await database.SetMembersAsync(open).ConfigureAwait(false))
        {
            var status = await database.HashGetAsync(heads.Key((int)number), "status").ConfigureAwait(false);
            if (status.IsNull || (ExecutionStatus)(int)status is ExecutionStatus.Completed or ExecutionStatus.Failed or ExecutionStatus.Cancelled)
            {
                await database.SetRemoveAsync(open, number).ConfigureAwait(false);
            }
        }
    }

    private async Task<RedisValue> DocumentAsync(string organizationId, AutomationId id)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        return await database.HashGetAsync(Key(organizationId), id.ToString()).ConfigureAwait(false);
    }

    private async Task<int> WriteAsync(Automation automation, RedisValue expected, bool archive, CancellationToken cancellationToken) =>
        (int)await connection.RunAsync(
            WriteScript,
            Root(automation.OrganizationId),
            new ScriptArguments(connection).Add(automation.Id.ToString()).Add(expected).Add(Write(automation)).Add(archive ? 1 : 0),
            cancellationToken).ConfigureAwait(false);

    private RedisKey Root(string organizationId) => connection.Root("o:" + organizationId);

    private RedisKey Key(string organizationId) => Root(organizationId).Append("automations");
}
