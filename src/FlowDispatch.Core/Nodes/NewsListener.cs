using FlowDispatch.Diagnostics;
using FlowDispatch.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Nodes;

/// <summary>Wakes this node when another process made something for it to do, where the store can tell; without it the node hears by its own next look.</summary>
internal sealed class NewsListener(IStore store, NodeOptions options, NodeSignal signal, WorkQueue work, TimeProvider time, ILogger<NewsListener> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Enabled && store is IStoreSignals signals && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signals.ListenAsync(signal.Wake, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NewsUnheard(logger, failure);
                await work.DelayAsync(Pause, time, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
