using FlowDispatch.Audiences;
using FlowDispatch.Automations;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Executions;

/// <summary>Sends again to those whom an ended execution did not reach, by a new execution that is linked to it.</summary>
/// <remarks>
/// What was mended counts: the new one runs with the automation's present settings and its flow's newest version, from the
/// flow's beginning. The old one and its history stay as they are; a test run's repair is a test run.
/// </remarks>
/// <param name="store">Where executions are kept.</param>
/// <param name="starter">Makes the execution.</param>
/// <param name="signal">Wakes this process's dispatching.</param>
public sealed class ExecutionRepairer(IStore store, ExecutionStarter starter, NodeSignal signal)
{
    /// <summary>Makes a queued execution over some of an ended one's recipients, and the automation active as a start does; null when there is no such execution.</summary>
    /// <remarks>Like starts, two repairs of one execution may overlap: each sends to everybody it finds. Repair the repair to reach those who failed again.</remarks>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The execution to repair.</param>
    /// <param name="request">Whom of it.</param>
    /// <param name="respond">Makes the answer to keep under the request's idempotency key; null without a key.</param>
    /// <param name="cancellationToken">Gives up with nothing started.</param>
    /// <exception cref="WrongStateException">The execution is not over yet, or its automation is archived.</exception>
    /// <exception cref="InvalidFieldsException">The request is wrong or finds nobody, or the automation's settings can't run any more.</exception>
    public async Task<ExecutionCreation?> RepairAsync(
        string organizationId, ExecutionId id, RepairRequest request, Func<Execution, IdempotencyEntry>? respond = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new FieldErrors();
        request.Check(errors);
        errors.ThrowIfAny();
        if (await store.Executions.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } repaired
            || await store.Automations.FindAsync(organizationId, repaired.AutomationId, cancellationToken).ConfigureAwait(false) is not { } automation)
        {
            return null;
        }

        ThrowUnlessOver(repaired, automation);
        var execution = await starter.PrepareRepairAsync(automation, repaired, request, cancellationToken).ConfigureAwait(false);
        await ThrowIfNobodyAsync(execution, cancellationToken).ConfigureAwait(false);
        var creation = await store.Executions.CreateAsync(execution, respond, cancellationToken).ConfigureAwait(false);
        signal.Wake();
        return creation;
    }

    private static void ThrowUnlessOver(Execution execution, Automation automation)
    {
        var state = JsonText.Word(execution.Status);
        if (execution.IsOpen)
        {
            throw new WrongStateException(state, $"The execution is {state}: its people may still be reached. Repair it once it has ended, or cancel it first.");
        }

        // Right after it was cancelled, people who are not cancelled yet would be missed, and some are in a sender's hands.
        if (execution is { Status: ExecutionStatus.Cancelled, Counters.Open: > 0 })
        {
            throw new WrongStateException(state, $"The execution was cancelled, and {execution.Counters.Open} of its people are still being closed. Try again in a moment.");
        }

        if (automation.Status == AutomationStatus.Archived)
        {
            throw new WrongStateException("archived", "The execution's automation is archived; nothing of it is sent any more.");
        }
    }

    private async Task ThrowIfNobodyAsync(Execution execution, CancellationToken cancellationToken)
    {
        await foreach (var _ in RepairAudience.PeopleAsync(store, execution, after: null, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        throw new InvalidFieldsException("statuses", "finds nobody: no recipient of the execution has one of these statuses and meets the other conditions.");
    }
}
