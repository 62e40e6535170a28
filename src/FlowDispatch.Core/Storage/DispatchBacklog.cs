namespace FlowDispatch.Storage;

/// <summary>What is left lying in a store, over all organizations: what nodes should have taken up, and what only people or receipts can settle.</summary>
public sealed record DispatchBacklog
{
    /// <summary>What the store's clock showed.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Executions with work that no node has taken up, those that wait longest first; at most 100.</summary>
    public IReadOnlyList<WaitingExecution> Waiting { get; init; } = [];

    /// <summary>Leases whose time is over and which nobody has recovered yet.</summary>
    public int EndedLeases { get; init; }

    /// <summary>When the first of those ended; null when there is none.</summary>
    public DateTimeOffset? FirstLeaseEnd { get; init; }

    /// <summary>Recipients in doubt, in open and in ended executions.</summary>
    public long InDoubt { get; init; }
}
