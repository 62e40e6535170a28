namespace FlowDispatch.Dispatching;

/// <summary>Wakes this process's dispatching when there is news. A hint only: whoever waits also polls.</summary>
public sealed class NodeSignal : IDisposable
{
    private readonly SemaphoreSlim _news = new(0, 1);

    /// <summary>Says that there is something to do. Never blocks.</summary>
    public void Wake()
    {
        if (_news.CurrentCount > 0)
        {
            return; // news is waiting already; asked first, since senders say it often and the exception is dear
        }

        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else was faster.
        }
    }

    /// <inheritdoc />
    public void Dispose() => _news.Dispose();

    /// <summary>Waits for news, at most so long.</summary>
    internal async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var news = _news.WaitAsync(either.Token);
        var delay = Task.Delay(atMost, time, either.Token);
        await Task.WhenAny(news, delay).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await delay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
