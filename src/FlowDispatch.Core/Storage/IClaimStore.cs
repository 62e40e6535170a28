namespace FlowDispatch.Storage;

/// <summary>What nodes lease, mark and record. All of it is set-based: no member takes one recipient.</summary>
/// <remarks>
/// A node takes part in an execution under a lease, which carries a fencing token and some of the automation's
/// concurrency slots. Under it the node claims slices (runs of pending recipients) and due entries (recipients that
/// waited on their own). An attempt is marked before its message is handed over; a mark without an outcome, found when
/// the lease is gone, is in doubt; whatever was not marked is claimed again by anybody.
/// </remarks>
public interface IClaimStore
{
    /// <summary>What nodes must know at every moment: open executions, those with cancelled recipients still to be closed, and who must not be written to any more.</summary>
    /// <param name="suppressionsAfter">The cursor of the last read; 0 at first, and then only the cursor is wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ControlState> ReadControlAsync(long suppressionsAfter, CancellationToken cancellationToken = default);

    /// <summary>What is left lying, for health checks: asked every few seconds at most, and never by the engine.</summary>
    /// <remarks>
    /// Waiting are executions that are queued or running and have to be planned while no planning lease holds, or have
    /// something that can be claimed by now while no lease on any execution of their automation holds (such a lease may
    /// have all of the automation's slots).
    /// </remarks>
    /// <param name="cancellationToken">Gives up.</param>
    Task<DispatchBacklog> ReadBacklogAsync(CancellationToken cancellationToken = default);

    /// <summary>Lets a node take part in a running execution.</summary>
    /// <param name="executionNumber">The execution.</param>
    /// <param name="node">Who asks.</param>
    /// <param name="slots">How many senders it would use at once; at least 1.</param>
    /// <param name="duration">How long the lease holds unless it is renewed, by the store's clock.</param>
    /// <param name="cancellationToken">Gives up without leasing.</param>
    /// <returns>A lease with as many slots as the automation has free over all executions and nodes, at most those asked for; null when none is free or the execution does not run.</returns>
    Task<DispatchLease?> LeaseAsync(int executionNumber, string node, int slots, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Claims recipients that are due now: first entries of the due queue, earliest first, then slices in order.</summary>
    /// <remarks>
    /// Of two claims at once nobody goes to both. The items of a slice come by ordinal, and only those not yet passed.
    /// A slice is taken whole; so the answer may exceed <paramref name="limit"/> by less than a slice.
    /// An execution that does not run gives nothing. Two claims of one lease, or a claim of slices and a commit, may be made at once.
    /// </remarks>
    /// <param name="lease">A lease that holds; otherwise nothing is claimed.</param>
    /// <param name="limit">1 to 5,000.</param>
    /// <param name="scope">What to claim from; both by default.</param>
    /// <param name="conversations">Whether <see cref="WorkItem.ConversationAt"/> is wanted. Without it the store need not look for it, and whether it is told is left open.</param>
    /// <param name="cancellationToken">Gives up without claiming.</param>
    Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit, ClaimScope scope = ClaimScope.Any, bool conversations = true, CancellationToken cancellationToken = default);

    /// <summary>Lets leases hold for <paramref name="duration"/> from now.</summary>
    /// <returns>The tokens that are still held; one that ended is not revived.</returns>
    Task<IReadOnlyCollection<long>> RenewAsync(IReadOnlyCollection<long> tokens, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Writes attempt marks, skips, deferrals and outcomes of claimed recipients, with counters and history, all at once.</summary>
    /// <remarks>The same commit may be made again where its answer was lost: <see cref="DispatchCommit.Number"/> tells, and it changes nothing more.</remarks>
    /// <returns>
    /// False when the lease has ended or was taken back, or does not hold one of the marked any more because a receipt put
    /// it back into the due queue (it may need no message now), or where the store lost the commit that it follows after
    /// saying that it was made; and then nothing was written.
    /// </returns>
    /// <exception cref="CommitOutOfTurnException">The commit that it follows is not made yet; nothing was written.</exception>
    Task<bool> CommitAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease: what was not marked can be claimed at once, what was marked and has no outcome is in doubt.</summary>
    Task ReleaseAsync(DispatchLease lease, CancellationToken cancellationToken = default);

    /// <summary>Ends the leases whose time is over, as <see cref="ReleaseAsync"/> would.</summary>
    /// <returns>How many there were.</returns>
    Task<int> RecoverAsync(CancellationToken cancellationToken = default);

    /// <summary>Completes a running, fully planned execution in which nobody is open; checked and written in one step.</summary>
    /// <returns>True when this call completed it.</returns>
    Task<bool> TryCloseAsync(int executionNumber, CancellationToken cancellationToken = default);

    /// <summary>
    /// In a cancelled execution that nobody leases: recipients that are pending become cancelled, and the runs of other
    /// open ones end where they stand, by <see cref="Recipients.RecipientRules.Cancel"/>.
    /// </summary>
    /// <param name="executionNumber">A cancelled execution; any other is left alone.</param>
    /// <param name="limit">Most recipients in this step; 1 to 10,000.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <returns>How many were closed; fewer than the limit when none is left or a lease still holds.</returns>
    Task<int> CancelOpenAsync(int executionNumber, int limit, CancellationToken cancellationToken = default);
}
