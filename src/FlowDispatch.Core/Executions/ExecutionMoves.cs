namespace FlowDispatch.Executions;

/// <summary>Moves that more than one service makes.</summary>
internal static class ExecutionMoves
{
    /// <summary>Going on where it stood; one that no node had taken up waits for one again.</summary>
    public static Execution Resumed(Execution execution) => execution with
    {
        Status = execution.StartedAt is null ? ExecutionStatus.Queued : ExecutionStatus.Running,
        StatusReason = null,
        ErrorMessage = null,
        PausedByAutomation = false,
        CompletedAt = null,
    };
}
