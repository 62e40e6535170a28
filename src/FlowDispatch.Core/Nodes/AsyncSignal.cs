namespace FlowDispatch.Nodes;

/// <summary>Wakes one loop. Safe for many threads that wake.</summary>
internal sealed class AsyncSignal(WorkQueue work)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private volatile bool _set;

    /// <summary>Wakes the loop, or its next wait at once. Never blocks.</summary>
    public void Set()
    {
        if (_set)
        {
            return; // asked first, since senders say it often
        }

        TaskCompletionSource? waiter;
        lock (_gate)
        {
            waiter = _waiter;
            _waiter = null;
            _set = waiter is null;
        }

        if (waiter is not null)
        {
            Release(waiter);
        }
    }

    /// <summary>Waits until it is set, at most so long; without end where that is <see cref="Timeout.InfiniteTimeSpan"/>. One waiter at a time.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new TaskCompletionSource();
        lock (_gate)
        {
            if (_set)
            {
                _set = false;
                return;
            }

            _waiter = waiter;
        }

        var wait = new Wait(this, waiter);
        using (time.CreateTimer(static w => ((Wait)w!).End(), wait, atMost, Timeout.InfiniteTimeSpan))
        using (cancellationToken.UnsafeRegister(static w => ((Wait)w!).End(), wait))
        {
            await waiter.Task.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class Wait(AsyncSignal signal, TaskCompletionSource waiter)
    {
        public void End()
        {
            lock (signal._gate)
            {
                if (signal._waiter != waiter)
                {
                    return; // it was set first
                }

                signal._waiter = null;
            }

            signal.Release(waiter);
        }
    }

    private void Release(TaskCompletionSource waiter) => work.Post(waiter.SetResult);
}
