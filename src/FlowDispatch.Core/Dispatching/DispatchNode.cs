using FlowDispatch.Audiences;
using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Tracking;
using FlowDispatch.Variables;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Dispatching;

/// <summary>This process's part in dispatching: one loop each for control, planning, the inbox, and values to be given back.</summary>
/// <remarks>
/// Nodes know nothing of each other; all they share is the store. When the host stops, nothing more is marked, what is
/// in senders' hands is finished and recorded, and leases are given back; what the host will not wait for is in doubt.
/// </remarks>
internal sealed class DispatchNode(
    RunnerPool pool, PlanningLoop planning, InboxTurn inbox, VariableReturns returns, NodeOptions options, NodeSignal signal, WorkQueue work, NodeName name, TimeProvider time, ILogger<DispatchNode> logger, IHostApplicationLifetime? lifetime = null)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _abandon = new();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The host's patience ends with this token: senders still out are abandoned, and their messages are in doubt.
        await using (cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _abandon).ConfigureAwait(false))
        {
            await base.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public override void Dispose()
    {
        _abandon.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        if (lifetime is not null && !await StartedAsync(lifetime, stoppingToken).ConfigureAwait(false))
        {
            return;
        }

        // A host that stops tells so before it stops its services one by one: its web server, which stops first, waits for its
        // last caller, and meanwhile nobody new must be sent to.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime?.ApplicationStopping ?? CancellationToken.None);
        await RunAsync(stopping.Token, _abandon.Token).ConfigureAwait(false);
    }

    /// <summary>Takes part until <paramref name="stoppingToken"/> ends, and then until what is in flight is recorded.</summary>
    /// <param name="stoppingToken">Ends claiming, marking and handing over.</param>
    /// <param name="abandon">Ends waiting for senders; what they have not answered is recorded as in doubt, and whom they were not given as before.</param>
    internal async Task RunAsync(CancellationToken stoppingToken, CancellationToken abandon)
    {
        Log.NodeStarted(logger, name.Value);
        try
        {
            await Task.WhenAll(
                ControlAsync(stoppingToken, abandon),
                planning.RunAsync(stoppingToken),
                InboxAsync(stoppingToken),
                returns.RunAsync(stoppingToken)).ConfigureAwait(false);
        }
        finally
        {
            // Whatever became of the loops: once this returns the process ends, and whoever is marked by then is in doubt.
            await pool.DrainAsync().ConfigureAwait(false);
        }

        Log.NodeStopped(logger, name.Value);
    }

    // Not before the host stands: what providers answer comes in through its web server, and its own set-up may still run.
    private static async Task<bool> StartedAsync(IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult).ConfigureAwait(false))
        {
            await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !stoppingToken.IsCancellationRequested;
    }

    private async Task ControlAsync(CancellationToken stoppingToken, CancellationToken abandon)
    {
        // Not at the host's mercy: while senders are out, leases are renewed, so that what they answer can be recorded.
        while (!abandon.IsCancellationRequested && (!stoppingToken.IsCancellationRequested || pool.Busy))
        {
            try
            {
                await pool.TendAsync(stoppingToken, abandon).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                if (!abandon.IsCancellationRequested)
                {
                    Log.ControlUnreadable(logger, failure);
                }
            }

            await signal.Control.WaitAsync(options.ControlInterval, time, abandon).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task InboxAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await inbox.RunOnceAsync(stoppingToken).ConfigureAwait(false) > 0)
                {
                    signal.Wake();
                }

                await signal.Inbox.WaitAsync(options.ControlInterval, time, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.InboxFailed(logger, failure);
                await work.DelayAsync(Pause, time, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Given up, or failed, as the node stops: the turn goes back all the same.
                break;
            }
        }

        try
        {
            await inbox.GiveBackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Log.InboxFailed(logger, failure);
        }
    }
}
