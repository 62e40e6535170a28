using FlowDispatch.Automations;

namespace FlowDispatch.Storage.InMemory;

internal sealed class InMemoryAutomations(Tables tables) : IAutomationStore
{
    public Task<IdempotencyEntry?> CreateAsync(Automation automation, IdempotencyEntry? idempotency = null, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (idempotency is not null)
            {
                if (tables.Taken(automation.OrganizationId, idempotency.Key, idempotency.CreatedAt) is { } taken)
                {
                    return Task.FromResult<IdempotencyEntry?>(taken);
                }

                tables.Idempotency[(automation.OrganizationId, idempotency.Key)] = idempotency;
            }

            tables.Automations.Add(automation.Id, automation);
            return Task.FromResult<IdempotencyEntry?>(null);
        }
    }

    public Task<Automation?> FindAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Find(organizationId, id));
        }
    }

    public Task<Automation?> UpdateAsync(string organizationId, AutomationId id, Func<Automation, Automation> change, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Find(organizationId, id) is { } before ? tables.Automations[id] = change(before) : null);
        }
    }

    public Task<Page<Automation>> ListAsync(
        string organizationId, AutomationStatus? status, string? triggerType, string? text, PageRequest page, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            return Task.FromResult(Tables.Cut(
                [.. tables.Automations.Values
                    .Where(a => a.OrganizationId == organizationId)
                    .Where(a => status is null ? a.Status != AutomationStatus.Archived : a.Status == status)
                    .Where(a => triggerType is null || a.Settings.TriggerType == triggerType)
                    .Where(a => text is null || a.Settings.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
                    .OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Id.ToString(), StringComparer.Ordinal)],
                page));
        }
    }

    public Task<Automation?> ArchiveAsync(string organizationId, AutomationId id, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        lock (tables.Gate)
        {
            if (Find(organizationId, id) is not { } before)
            {
                return Task.FromResult<Automation?>(null);
            }

            return Task.FromResult<Automation?>(
                before.Status == AutomationStatus.Archived || tables.Executions.Exists(e => e.Execution.AutomationId == id && e.Execution.IsOpen)
                    ? before
                    : tables.Automations[id] = before with { Status = AutomationStatus.Archived, UpdatedAt = at });
        }
    }

    private Automation? Find(string organizationId, AutomationId id) =>
        tables.Automations.TryGetValue(id, out var automation) && automation.OrganizationId == organizationId ? automation : null;
}
