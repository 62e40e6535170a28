using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Automations;

/// <summary>Makes, changes, copies and archives automations; settings that could not run are never kept.</summary>
/// <param name="store">Where automations are kept.</param>
/// <param name="validator">Judges settings.</param>
/// <param name="time">The clock.</param>
public sealed class AutomationService(IStore store, AutomationValidator validator, TimeProvider time)
{
    private const string CopySuffix = " (copy)";

    /// <summary>Keeps a new automation as a draft.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="respond">Makes the answer to keep under the request's idempotency key; null without a key.</param>
    /// <param name="cancellationToken">Gives up with nothing kept.</param>
    /// <exception cref="InvalidFieldsException">The settings are wrong.</exception>
    public async Task<CheckedAutomation> CreateAsync(
        string organizationId, AutomationSettings settings, Func<CheckedAutomation, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default)
    {
        var errors = new FieldErrors();
        var warnings = await validator.CheckAsync(organizationId, settings, errors, cancellationToken).ConfigureAwait(false);
        errors.ThrowIfAny();
        var made = new CheckedAutomation(Draft(organizationId, settings), warnings);
        var existing = await store.Automations.CreateAsync(made.Automation, respond?.Invoke(made), cancellationToken).ConfigureAwait(false);
        return made with { Existing = existing };
    }

    /// <summary>Says what is doubtful about an automation as it is; what has become wrong since it was kept is among it.</summary>
    public async Task<CheckedAutomation> CheckAsync(Automation automation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(automation);
        var errors = new FieldErrors();
        var warnings = await validator.CheckAsync(automation.OrganizationId, automation.Settings, errors, cancellationToken).ConfigureAwait(false);
        return new(automation, [.. errors.ByPath.SelectMany(e => e.Value.Select(m => new AutomationWarning(e.Key, m))), .. warnings]);
    }

    /// <summary>Changes the settings of an automation that is a draft, active or paused; null when there is none. Executions that run keep theirs.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The automation.</param>
    /// <param name="change">From the settings as they are to what they become; without effects of its own, since it may run again.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <exception cref="InvalidFieldsException">The settings would be wrong.</exception>
    /// <exception cref="WrongStateException">It is completed or archived.</exception>
    public async Task<CheckedAutomation?> UpdateAsync(
        string organizationId, AutomationId id, Func<AutomationSettings, AutomationSettings> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (await store.Automations.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        ThrowUnlessEditable(found);
        var errors = new FieldErrors();
        var warnings = await validator.CheckAsync(organizationId, change(found.Settings), errors, cancellationToken).ConfigureAwait(false);
        errors.ThrowIfAny();
        var changed = await store.Automations.UpdateAsync(
            organizationId,
            id,
            automation =>
            {
                ThrowUnlessEditable(automation);
                return automation with { Settings = change(automation.Settings), UpdatedAt = time.GetUtcNow() };
            },
            cancellationToken).ConfigureAwait(false);
        return changed is null ? null : new(changed, warnings);
    }

    /// <summary>Keeps a copy as a new draft, its name ending in <c> (copy)</c>; null when there is none to copy. Archived ones can be copied too.</summary>
    public async Task<CheckedAutomation?> DuplicateAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default)
    {
        if (await store.Automations.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        var name = found.Settings.Name;
        name = name.Length + CopySuffix.Length > 255 ? name[..(255 - CopySuffix.Length)] : name;
        var copy = Draft(organizationId, found.Settings with { Name = name + CopySuffix });
        await store.Automations.CreateAsync(copy, idempotency: null, cancellationToken).ConfigureAwait(false);
        return await CheckAsync(copy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Archives an automation; false when there is none. Archived ones stay readable.</summary>
    /// <exception cref="WrongStateException">An execution is open, or it is archived already.</exception>
    public async Task<bool> ArchiveAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default)
    {
        if (await store.Automations.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is { Status: AutomationStatus.Archived })
        {
            throw new WrongStateException("archived", "The automation is archived already.");
        }

        var archived = await store.Automations.ArchiveAsync(organizationId, id, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return archived switch
        {
            null => false,
            { Status: AutomationStatus.Archived } => true,
            _ => throw new WrongStateException(
                JsonText.Word(archived.Status), $"The automation is {JsonText.Word(archived.Status)} and has an execution that is not over; cancel it or let it end first."),
        };
    }

    /// <summary>The sums over its executions without test runs.</summary>
    public Task<AutomationTotals> TotalAsync(Automation automation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(automation);
        return store.Executions.SumAsync(automation.OrganizationId, automation.Id, cancellationToken);
    }

    private static void ThrowUnlessEditable(Automation automation)
    {
        if (automation.Status is AutomationStatus.Completed or AutomationStatus.Archived)
        {
            var state = JsonText.Word(automation.Status);
            throw new WrongStateException(state, $"The automation is {state} and can't be changed; duplicate it to go on from it.");
        }
    }

    private Automation Draft(string organizationId, AutomationSettings settings)
    {
        var now = time.GetUtcNow();
        return new()
        {
            Id = AutomationId.New(time),
            OrganizationId = organizationId,
            Status = AutomationStatus.Draft,
            Settings = settings,
            CreatedAt = now,
            UpdatedAt = now,
        };
    }
}
