using System.Globalization;
using FlowDispatch.Diagnostics;
using FlowDispatch.Doubts;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Tracking;

/// <summary>Tells the store that this process takes receipts in, as long as it does and once it is announced, whether or not it dispatches.</summary>
internal sealed class ReceiverHeartbeat(
    IStore store, ReceiptReceiver receiver, NodeName name, TimeProvider time, ILogger<ReceiverHeartbeat> logger, IHostApplicationLifetime? lifetime = null)
    : BackgroundService
{
    private int _stretch;
    private bool _inOrder;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The web server was stopped before this: what had come in by then is kept, or was reported as missed.
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await EndAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (lifetime is null)
        {
            await RunAsync(stoppingToken).ConfigureAwait(false);
            return;
        }

        // Providers reach it from when the web server stands until that begins to stop, which is the first thing to stop.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult).ConfigureAwait(false))
        {
            await started.Task.WaitAsync(stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await RunAsync(stopping.Token).ConfigureAwait(false);
    }

    /// <summary>Beats until <paramref name="stopping"/> ends, and then once more.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (receiver.Announced)
            {
                await BeatAsync().ConfigureAwait(false);
            }

            await receiver.News.WaitAsync(receiver.Announced ? ReceiptEvidence.BeatInterval : Timeout.InfiniteTimeSpan, time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _inOrder = receiver.Announced && _stretch > 0 && await BeatAsync().ConfigureAwait(false);
    }

    /// <summary>Ends in order, where nothing was missed.</summary>
    internal async Task EndAsync(CancellationToken cancellationToken)
    {
        if (!_inOrder || receiver.TakeMissed())
        {
            return;
        }

        try
        {
            await store.Receivers.EndAsync(Stretch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Log.HeartbeatMissed(logger, failure);
        }
    }

    private string Stretch => string.Create(CultureInfo.InvariantCulture, $"{name.Value}/{_stretch}");

    /// <summary>False where the stretch did not go on: something was missed, or the gap was too long, or the store failed.</summary>
    private async Task<bool> BeatAsync()
    {
        var missed = receiver.TakeMissed();
        try
        {
            if (_stretch > 0 && !missed && await store.Receivers.BeatAsync(Stretch).ConfigureAwait(false))
            {
                return true;
            }

            // The old stretch is left without an end: that is what an outage looks like.
            if (_stretch > 0)
            {
                Log.ReceiverInterrupted(logger);
            }

            _stretch++;
            await store.Receivers.BeatAsync(Stretch).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Log.HeartbeatMissed(logger, failure);
        }

        return false;
    }
}
