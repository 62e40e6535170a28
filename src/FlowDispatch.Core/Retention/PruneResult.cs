namespace FlowDispatch.Retention;

/// <summary>What a pruning did.</summary>
/// <param name="Executions">Executions that are gone since.</param>
/// <param name="Recipients">Rows that were deleted, those that an earlier call left among them.</param>
public sealed record PruneResult(int Executions, long Recipients);
