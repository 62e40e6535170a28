using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Audiences;

/// <summary>Plans whatever waits to be planned, several executions at once: a small audience does not wait until a big or slow one is read.</summary>
/// <remarks>Asking for something to plan is a write, so an idle node does not ask: its control loop, which reads in any case, says when there is something.</remarks>
internal sealed class PlanningLoop(AudiencePlanning planning, NodeOptions options, NodeSignal signal, WorkQueue work, NodeName name, Random random, TimeProvider time, ILogger<PlanningLoop> logger)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly AsyncSlots _slots = new(AtOnce, work);
    private volatile bool _failed;

    /// <summary>Works until <paramref name="stoppingToken"/> ends, and then until what is under way has stopped behind its last stored batch.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _slots.EnterAsync().ConfigureAwait(false);
            if (await LeaseAsync(stoppingToken).ConfigureAwait(false) is { } lease)
            {
                _ = PlanAsync(lease, stoppingToken);
            }
            else
            {
                _slots.Leave();
                await signal.Planning.WaitAsync(Timeout.InfiniteTimeSpan, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_failed)
                {
                    // Where a variable source fails on this node alone, another one must get the lease some time: not in step with it.
                    await work.DelayAsync(options.ControlInterval * random.NextDouble(), time, stoppingToken).ConfigureAwait(false);
                }
            }
        }

        for (var i = 0; i < AtOnce; i++)
        {
            await _slots.EnterAsync().ConfigureAwait(false);
        }
    }

    private async Task<PlanLease?> LeaseAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await planning.LeaseAsync(name.Value, stoppingToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await RestAsync(failure, stoppingToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task PlanAsync(PlanLease lease, CancellationToken stoppingToken)
    {
        await work.HopAsync().ConfigureAwait(false);
        var done = true;
        try
        {
            done = await planning.PlanAsync(lease, stoppingToken).ConfigureAwait(false);
            _failed |= !done;
        }
        catch (Exception failure)
        {
            // It keeps its lease while it rests, or another slot would try it again at once.
            await RestAsync(failure, stoppingToken).ConfigureAwait(false);
        }

        try
        {
            if (done)
            {
                await planning.ReleaseAsync(lease).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            // The lease ends by itself.
            Log.PlanningFailed(logger, failure);
        }

        _slots.Leave();
    }

    private async Task RestAsync(Exception failure, CancellationToken stoppingToken)
    {
        if (!stoppingToken.IsCancellationRequested)
        {
            Log.PlanningFailed(logger, failure);
            await work.DelayAsync(Pause, time, stoppingToken).ConfigureAwait(false);
        }
    }
}
