namespace FlowDispatch.Nodes;

/// <summary>Where a node's loops are taken on after a wait: on the thread pool, or on a simulation's one thread.</summary>
/// <remarks>
/// Nothing in the engine hops threads but through this, timers of the injected clock and the store's and senders' own
/// tasks. That is what lets a simulation decide what runs next, and lets a node die between any two steps.
/// </remarks>
internal abstract class WorkQueue
{
    /// <summary>The thread pool.</summary>
    public static WorkQueue ThreadPool { get; } = new Pool();

    /// <summary>Runs <paramref name="work"/> soon, never on the caller's stack.</summary>
    public abstract void Post(Action work);

    /// <summary>Goes on as a piece of work of its own.</summary>
    public Task HopAsync()
    {
        var hop = new TaskCompletionSource();
        Post(hop.SetResult);
        return hop.Task;
    }

    /// <summary>Goes on after <paramref name="delay"/>, or as soon as <paramref name="cancellationToken"/> ends the wait; never throws.</summary>
    /// <remarks><c>Task.Delay</c> ends a cancelled wait on the thread pool, whoever runs the engine.</remarks>
    public async Task DelayAsync(TimeSpan delay, TimeProvider time, CancellationToken cancellationToken) =>
        await new AsyncSignal(this).WaitAsync(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Whether <paramref name="task"/> ends within that time; it goes on in any case.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<bool> EndsAsync(Task task, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        var ended = new AsyncSignal(this);
        _ = task.ContinueWith(
            t =>
            {
                _ = t.Exception; // seen, also where nobody waits for it any more
                ended.Set();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        await ended.WaitAsync(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        return task.IsCompleted;
    }

    private sealed class Pool : WorkQueue
    {
        public override void Post(Action work) => System.Threading.ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false);
    }
}
