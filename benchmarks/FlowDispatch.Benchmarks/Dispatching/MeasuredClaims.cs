using FlowDispatch.Storage;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>Notes the first claim and the last result, and answers "no slot is free" as long as planning is measured alone.</summary>
internal sealed class MeasuredClaims(IClaimStore inner, StoreMeter meter) : IClaimStore
{
    public Task<ControlState> ReadControlAsync(long suppressionsAfter, CancellationToken cancellationToken = default) =>
        Counted().ReadControlAsync(suppressionsAfter, cancellationToken);

    public Task<DispatchBacklog> ReadBacklogAsync(CancellationToken cancellationToken = default) => Counted().ReadBacklogAsync(cancellationToken);

    public Task<DispatchLease?> LeaseAsync(int executionNumber, string node, int slots, TimeSpan duration, CancellationToken cancellationToken = default) =>
        meter.MayLease ? Counted().LeaseAsync(executionNumber, node, slots, duration, cancellationToken) : Task.FromResult<DispatchLease?>(null);

    public Task<IReadOnlyList<WorkItem>> ClaimAsync(DispatchLease lease, int limit, ClaimScope scope = ClaimScope.Any, bool conversations = true, CancellationToken cancellationToken = default)
    {
        meter.Claiming();
        return Counted().ClaimAsync(lease, limit, scope, conversations, cancellationToken);
    }

    public Task<IReadOnlyCollection<long>> RenewAsync(IReadOnlyCollection<long> tokens, TimeSpan duration, CancellationToken cancellationToken = default) =>
        Counted().RenewAsync(tokens, duration, cancellationToken);

    public async Task<bool> CommitAsync(DispatchLease lease, DispatchCommit commit, CancellationToken cancellationToken = default)
    {
        var written = await Counted().CommitAsync(lease, commit, cancellationToken);
        if (written && commit.Changes.Count > 0)
        {
            meter.ResultsStored(commit.Changes);
        }

        return written;
    }

    public Task ReleaseAsync(DispatchLease lease, CancellationToken cancellationToken = default) => Counted().ReleaseAsync(lease, cancellationToken);

    public Task<int> RecoverAsync(CancellationToken cancellationToken = default) => Counted().RecoverAsync(cancellationToken);

    public async Task<bool> TryCloseAsync(int executionNumber, CancellationToken cancellationToken = default)
    {
        var closed = await Counted().TryCloseAsync(executionNumber, cancellationToken);
        if (closed)
        {
            meter.ExecutionClosed();
        }

        return closed;
    }

    public Task<int> CancelOpenAsync(int executionNumber, int limit, CancellationToken cancellationToken = default) =>
        Counted().CancelOpenAsync(executionNumber, limit, cancellationToken);

    private IClaimStore Counted()
    {
        meter.Call();
        return inner;
    }
}
