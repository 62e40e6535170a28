using FlowDispatch.Executions;

namespace FlowDispatch.Storage;

/// <summary>What became of a start.</summary>
/// <param name="Execution">The execution that was made; null when the key was taken.</param>
/// <param name="Existing">The entry that had the key already; null when an execution was made.</param>
public sealed record ExecutionCreation(Execution? Execution, IdempotencyEntry? Existing);
