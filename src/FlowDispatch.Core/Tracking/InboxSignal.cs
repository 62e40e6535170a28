namespace FlowDispatch.Tracking;

/// <summary>Wakes this process's inbox processor; a hint only, since entries of other processes come without one.</summary>
internal sealed class InboxSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);

    /// <summary>Something was put into the inbox. Any number of calls before the next wait count as one.</summary>
    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is raised already.
        }
    }

    /// <summary>Waits until it is raised, or for <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var raised = _raised.WaitAsync(waiting.Token);
        var elapsed = Task.Delay(longest, time, waiting.Token);
        await Task.WhenAny(raised, elapsed).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        await raised.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await elapsed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose() => _raised.Dispose();
}
