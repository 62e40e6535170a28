namespace FlowDispatch.Storage;

/// <summary>What one step of pruning did.</summary>
/// <param name="Executions">Executions that nobody can read any more since this step.</param>
/// <param name="Recipients">Rows of recipients that it deleted.</param>
/// <param name="Done">True when there was nothing to do.</param>
public sealed record PruneStep(int Executions, int Recipients, bool Done);
