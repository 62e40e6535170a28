namespace FlowDispatch.Sample.Simulator;

/// <summary>What goes into one webhook. After a reset of the simulator a batch of the <paramref name="Era"/> before counts no more.</summary>
internal sealed record Batch(int Era, IReadOnlyList<DueReceipt> Receipts);
