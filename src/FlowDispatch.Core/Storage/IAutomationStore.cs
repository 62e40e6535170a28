using FlowDispatch.Automations;

namespace FlowDispatch.Storage;

/// <summary>Keeps automations.</summary>
public interface IAutomationStore
{
    /// <summary>Keeps a new automation, and with it the answer to its request where one is given.</summary>
    /// <returns>Null when it was kept; the entry that was there already when the key is taken, and then nothing is kept.</returns>
    Task<IdempotencyEntry?> CreateAsync(Automation automation, IdempotencyEntry? idempotency = null, CancellationToken cancellationToken = default);

    /// <summary>The automation; null when there is none. Archived ones are found.</summary>
    Task<Automation?> FindAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default);

    /// <summary>Changes an automation; null when there is none.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The automation.</param>
    /// <param name="change">From what it is to what it becomes; may run again, and may throw to refuse.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    Task<Automation?> UpdateAsync(string organizationId, AutomationId id, Func<Automation, Automation> change, CancellationToken cancellationToken = default);

    /// <summary>Automations, newest first; archived ones only where <paramref name="status"/> asks for them.</summary>
    Task<Page<Automation>> ListAsync(
        string organizationId, AutomationStatus? status, string? triggerType, string? text, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Archives an automation that has no open execution.</summary>
    /// <returns>The archived automation; the automation unchanged when an execution is open; null when there is none.</returns>
    Task<Automation?> ArchiveAsync(string organizationId, AutomationId id, DateTimeOffset at, CancellationToken cancellationToken = default);
}
