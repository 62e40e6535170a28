using FlowDispatch.Automations;
using FlowDispatch.Nodes;
using FlowDispatch.Recipients;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using FlowDispatch.Tracking;
using FlowDispatch.Validation;

namespace FlowDispatch.Executions;

/// <summary>Controls executions, and settles what people must decide.</summary>
/// <param name="store">Where executions are kept.</param>
/// <param name="signal">Wakes this process's dispatching.</param>
/// <param name="time">The clock.</param>
public sealed class ExecutionService(IStore store, NodeSignal signal, TimeProvider time)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReason = 1_000;

    /// <summary>Pauses a queued or running execution; null when there is none.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The execution.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <exception cref="WrongStateException">It is neither queued nor running.</exception>
    public Task<Execution?> PauseAsync(string organizationId, ExecutionId id, string? reason = null, CancellationToken cancellationToken = default) =>
        MoveAsync(organizationId, id, "paused", [ExecutionStatus.Queued, ExecutionStatus.Running], e => e with { Status = ExecutionStatus.Paused, StatusReason = reason, PausedByAutomation = false }, cancellationToken);

    /// <summary>Takes a paused or failed execution up again where it stood; null when there is none. Its error budget counts anew from here.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The execution.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <exception cref="WrongStateException">It is neither paused nor failed, or its automation is archived.</exception>
    public async Task<Execution?> ResumeAsync(string organizationId, ExecutionId id, CancellationToken cancellationToken = default)
    {
        if (await store.Executions.FindAsync(organizationId, id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        var automation = await store.Automations.FindAsync(organizationId, found.AutomationId, cancellationToken).ConfigureAwait(false);
        if (automation is { Status: AutomationStatus.Archived })
        {
            throw new WrongStateException("archived", "The execution's automation is archived; nothing of it is sent any more.");
        }

        var resume = await ExecutionMoves.ResumedAsync(store, found, cancellationToken).ConfigureAwait(false);
        return await MoveAsync(organizationId, id, "resumed", [ExecutionStatus.Paused, ExecutionStatus.Failed], resume, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says who of an open execution can be sent to now, by the engine's own window and expiry; reads everybody who is pending.</summary>
    public async Task<ResumeOutlook> LookAheadAsync(Execution execution, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(execution);
        var hours = new SendingHours(execution.Snapshot.Settings, execution.CreatedAt);
        var now = time.GetUtcNow();
        var waiting = new Dictionary<string, int>(StringComparer.Ordinal);
        var eligible = 0;
        var pending = store.Recipients.StreamAsync(execution.OrganizationId, execution.Id, new RecipientFilter([RecipientStatus.Pending]), cancellationToken: cancellationToken);
        await foreach (var row in pending.ConfigureAwait(false))
        {
            var reason = row.NextAttemptAt > now ? row.WaitingReason ?? ReasonCodes.Retry
                : row.FlowCurrentNode is not null ? null
                : hours.Decide(row.TimeZone, now) switch
                {
                    GateDecision.Wait wait => wait.Reason,
                    GateDecision.Never never => never.Code,
                    _ => null,
                };
            if (reason is null)
            {
                eligible++;
            }
            else
            {
                waiting[reason] = waiting.GetValueOrDefault(reason) + 1;
            }
        }

        return new(eligible, [.. waiting.OrderByDescending(w => w.Value).Select(w => new WaitingCount(w.Key, w.Value))]);
    }

    /// <summary>Ends a queued, running or paused execution for good; null when there is none. Who is pending becomes cancelled.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The execution.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <exception cref="WrongStateException">It is over already.</exception>
    public Task<Execution?> CancelAsync(string organizationId, ExecutionId id, string? reason = null, CancellationToken cancellationToken = default) => MoveAsync(
        organizationId,
        id,
        "cancelled",
        [ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Paused],
        e => e with { Status = ExecutionStatus.Cancelled, StatusReason = reason, PausedByAutomation = false, CompletedAt = time.GetUtcNow() },
        cancellationToken);

    /// <summary>Says what became of a message in doubt.</summary>
    /// <param name="recipient">The recipient, in doubt.</param>
    /// <param name="sent">True when it was sent.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <exception cref="WrongStateException">It is not in doubt (any more), or is said not to be sent while it is being sent again under its key.</exception>
    public async Task ResolveAsync(Recipient recipient, bool sent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        var now = time.GetUtcNow();
        var changed = recipient.Status == RecipientStatus.InDoubt
            ? await store.Recipients.TransitionAsync([new(recipient.Id, s => TrackingRules.Resolve(s, sent, now))], [], cancellationToken).ConfigureAwait(false)
            : 0;
        if (changed == 0)
        {
            var state = JsonText.Word(recipient.Status);
            throw new WrongStateException(state, recipient.Status == RecipientStatus.InDoubt
                ? "The recipient has been settled since it was read, or its message is being sent again under its key at this moment; read it again."
                : $"The recipient is {state}; only one that is in_doubt can be resolved.");
        }

        signal.Wake();
    }

    private async Task<Execution?> MoveAsync(
        string organizationId, ExecutionId id, string verb, ExecutionStatus[] from, Func<Execution, Execution> move, CancellationToken cancellationToken)
    {
        var moved = await store.Executions.UpdateAsync(
            organizationId,
            id,
            execution =>
            {
                if (!from.Contains(execution.Status))
                {
                    var state = JsonText.Word(execution.Status);
                    throw new WrongStateException(state, $"The execution is {state} and can't be {verb}.");
                }

                return move(execution);
            },
            cancellationToken).ConfigureAwait(false);
        signal.Wake();
        return moved;
    }
}
