namespace FlowDispatch.Storage;

/// <summary>What a store may be besides <see cref="IStore"/>: one that lets a process hear at once what another one made for the nodes to do.</summary>
/// <remarks>
/// A hint and nothing more: nodes look by themselves all the time, so news may be lost, come twice or come for nothing.
/// It is heard once what it is about can be read: an execution that was started, paused, resumed or cancelled.
/// </remarks>
public interface IStoreSignals
{
    /// <summary>Listens until <paramref name="cancellationToken"/> ends it, then throws <see cref="OperationCanceledException"/>.</summary>
    /// <param name="wake">Called at all news, on any thread; returns at once and never throws.</param>
    /// <param name="cancellationToken">Ends the listening.</param>
    /// <remarks>Throws what breaks the connection; whoever listens asks again after a while.</remarks>
    Task ListenAsync(Action wake, CancellationToken cancellationToken);
}
