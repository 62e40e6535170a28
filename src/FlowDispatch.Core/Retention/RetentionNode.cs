using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowDispatch.Retention;

/// <summary>Prunes every hour what is kept long enough, on nodes that dispatch. Several at once share the work.</summary>
internal sealed class RetentionNode(IStore store, IOptions<FlowDispatchOptions> options, WorkQueue work, Random random, TimeProvider time, ILogger<RetentionNode> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    // Between two steps, so that sending, which shares the store, goes first.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value is not { Node.Enabled: true, Retention.KeepFinishedExecutions: { } kept })
        {
            return;
        }

        // Nodes that start together begin apart.
        var wait = TimeSpan.FromMinutes(1 + (random.NextDouble() * 4));
        while (!stoppingToken.IsCancellationRequested)
        {
            await work.DelayAsync(wait, time, stoppingToken).ConfigureAwait(false);
            try
            {
                await PruneAsync(kept, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.PruningFailed(logger, failure);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            wait = Interval;
        }
    }

    /// <summary>Prunes step by step until nothing is old enough.</summary>
    internal async Task PruneAsync(TimeSpan kept, CancellationToken stoppingToken)
    {
        var (executions, recipients) = (0, 0L);
        while (!stoppingToken.IsCancellationRequested)
        {
            var step = await store.Retention.PruneAsync(time.GetUtcNow() - kept, organizationId: null, DataRetention.StepSize, stoppingToken).ConfigureAwait(false);
            if (step.Done)
            {
                break;
            }

            executions += step.Executions;
            recipients += step.Recipients;
            await work.DelayAsync(Breath, time, stoppingToken).ConfigureAwait(false);
        }

        if (executions > 0 || recipients > 0)
        {
            Log.Pruned(logger, executions, recipients, kept);
        }
    }
}
