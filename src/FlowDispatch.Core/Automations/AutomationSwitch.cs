using FlowDispatch.Executions;
using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Automations;

/// <summary>Pauses and resumes automations together with their executions.</summary>
/// <param name="store">Where both are kept.</param>
/// <param name="time">The clock.</param>
public sealed class AutomationSwitch(IStore store, TimeProvider time)
{
    /// <summary>Pauses an active automation and its executions; null when there is none. Those that were paused on their own stay so.</summary>
    /// <remarks>If the process dies between, the automation is still active and pausing it again finishes the work.</remarks>
    /// <exception cref="WrongStateException">It is not active.</exception>
    public async Task<Automation?> PauseAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default)
    {
        if (await store.Automations.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        ThrowUnless(AutomationStatus.Active, found);
        await ForEachAsync(found, IsAtWork, _ => Task.FromResult<Func<Execution, Execution>>(Pause), cancellationToken).ConfigureAwait(false);
        var paused = await MoveAsync(found, AutomationStatus.Active, AutomationStatus.Paused, cancellationToken).ConfigureAwait(false);

        // Once more for those that were started while the first round ran; after it, a start makes the automation active again.
        await ForEachAsync(
            found,
            e => IsAtWork(e) && e.CreatedAt < paused?.UpdatedAt,
            _ => Task.FromResult<Func<Execution, Execution>>(Pause),
            cancellationToken).ConfigureAwait(false);
        return paused;
    }

    /// <summary>Resumes a paused automation and the executions that its pause paused; null when there is none.</summary>
    /// <remarks>If the process dies between, the automation is still paused and resuming it again finishes the work.</remarks>
    /// <exception cref="WrongStateException">It is not paused.</exception>
    public async Task<Automation?> ResumeAsync(string organizationId, AutomationId id, CancellationToken cancellationToken = default)
    {
        if (await store.Automations.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        ThrowUnless(AutomationStatus.Paused, found);
        await ForEachAsync(
            found,
            e => e is { Status: ExecutionStatus.Paused, PausedByAutomation: true },
            e => ExecutionMoves.ResumedAsync(store, e, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return await MoveAsync(found, AutomationStatus.Paused, AutomationStatus.Active, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsAtWork(Execution execution) => execution.Status is ExecutionStatus.Queued or ExecutionStatus.Running;

    private static Execution Pause(Execution execution) =>
        execution with { Status = ExecutionStatus.Paused, PausedByAutomation = true, StatusReason = "The automation was paused." };

    private static void ThrowUnless(AutomationStatus needed, Automation automation)
    {
        if (automation.Status != needed)
        {
            var state = JsonText.Word(automation.Status);
            throw new WrongStateException(state, $"The automation is {state}; this takes one that is {JsonText.Word(needed)}.");
        }
    }

    private Task<Automation?> MoveAsync(Automation automation, AutomationStatus from, AutomationStatus to, CancellationToken cancellationToken) =>
        store.Automations.UpdateAsync(
            automation.OrganizationId,
            automation.Id,
            present =>
            {
                ThrowUnless(from, present);
                return present with { Status = to, UpdatedAt = time.GetUtcNow() };
            },
            cancellationToken);

    private async Task ForEachAsync(
        Automation automation, Predicate<Execution> concerns, Func<Execution, Task<Func<Execution, Execution>>> moveOf, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var page = await store.Executions.ListAsync(automation.OrganizationId, automation.Id, new PageRequest(500, number), cancellationToken).ConfigureAwait(false);
            foreach (var execution in page.Items.Where(e => concerns(e)))
            {
                var move = await moveOf(execution).ConfigureAwait(false);
                await store.Executions.UpdateAsync(
                    automation.OrganizationId, execution.Id, present => concerns(present) ? move(present) : present, cancellationToken).ConfigureAwait(false);
            }

            if (page.Items.Count < 500)
            {
                return;
            }
        }
    }
}
