namespace FlowDispatch.Storage;

/// <summary>A commit came before the one that it follows, and nothing was written. It may be made again once that one is made.</summary>
public sealed class CommitOutOfTurnException : InvalidOperationException
{
    /// <param name="number">The commit.</param>
    /// <param name="follows">The one that must be made first.</param>
    public CommitOutOfTurnException(long number, long follows)
        : base($"Commit {number} follows commit {follows}, which is not made yet; make it again afterwards.")
    {
    }
}
