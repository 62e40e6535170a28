using FlowDispatch.Channels;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Audiences;

/// <summary>Plans executions: streams the audience and stores its recipients, batch by batch, with the place to go on from.</summary>
/// <remarks>
/// If the process dies anywhere here, the next node goes on behind the last batch that was stored; nobody is planned twice.
/// However slowly an audience comes, what came is stored, and the lease renewed, several times in each lease.
/// </remarks>
internal sealed class AudiencePlanning(
    IStore store, ITemplateEngine engine, AudienceDirectory audiences, ChannelRegistry channels, NodeOptions options, NodeSignal signal, WorkQueue work, TimeProvider time, Meters meters, ILogger<AudiencePlanning> logger)
{
    private const int BatchSize = 1_000;

    /// <summary>Takes an execution that waits to be planned; null when there is none.</summary>
    public Task<PlanLease?> LeaseAsync(string node, CancellationToken cancellationToken) =>
        store.Executions.LeasePlanAsync(node, options.LeaseDuration, cancellationToken);

    /// <summary>Gives it back.</summary>
    public Task ReleaseAsync(PlanLease lease) => store.Executions.ReleasePlanAsync(lease, CancellationToken.None);

    /// <summary>Plans it as far as it goes; where its audience can't be resolved it fails.</summary>
    public async Task PlanAsync(PlanLease lease, CancellationToken cancellationToken)
    {
        using var span = Spans.Plan(lease.Execution);
        try
        {
            await StreamAsync(lease, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AudienceUnavailableException or VariableMappingException)
        {
            Log.AudienceUnavailable(logger, failure, lease.Execution.Id);
            Spans.Failed(span, failure);
            await store.Executions.UpdateAsync(
                lease.Execution.OrganizationId,
                lease.Execution.Id,
                e => e.Status == ExecutionStatus.Running ? e with { Status = ExecutionStatus.Failed, ErrorMessage = failure.Message, CompletedAt = time.GetUtcNow() } : e,
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task StreamAsync(PlanLease lease, CancellationToken cancellationToken)
    {
        var execution = lease.Execution;
        var planner = new RecipientPlanner(store, engine, execution, channels.Find(execution.OrganizationId, execution.Snapshot.Settings.ChannelId));
        var sliceSize = SliceSize(execution.Snapshot.Settings.MaxConcurrentExecutions, execution.Snapshot.Settings.RateLimitPerHour);
        var members = new List<AudienceMember>(BatchSize);
        var position = lease.Position;
        var interval = lease.Duration / 4;
        var storedAt = time.GetTimestamp();
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var audience = audiences.StreamAsync(execution, lease.Position, given.Token).GetAsyncEnumerator(given.Token);
        await using var end = audience.ConfigureAwait(false);
        while (true)
        {
            var coming = audience.MoveNextAsync();
            var next = coming.IsCompleted ? null : coming.AsTask();
            while (next is not null && !await ArrivesAsync(next, interval - time.GetElapsedTime(storedAt)).ConfigureAwait(false))
            {
                var kept = false;
                try
                {
                    kept = await AppendAsync(finished: false).ConfigureAwait(false);
                }
                finally
                {
                    if (!kept)
                    {
                        // Another node plans it, or nobody does any more, or the store is away: what the audience would still
                        // answer is nobody's. It must have ended before it is disposed of.
                        given.Cancel();
                        await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    }
                }

                if (!kept)
                {
                    return;
                }
            }

            if (!(next is null ? await coming.ConfigureAwait(false) : await next.ConfigureAwait(false)))
            {
                break;
            }

            members.Add(audience.Current);
            if ((members.Count == BatchSize || time.GetElapsedTime(storedAt) >= interval) && !await AppendAsync(finished: false).ConfigureAwait(false))
            {
                return;
            }
        }

        await AppendAsync(finished: true).ConfigureAwait(false);

        async Task<bool> AppendAsync(bool finished)
        {
            var batch = new PlanBatch
            {
                Recipients = await planner.PlanAsync(members, createPeople: true, cancellationToken).ConfigureAwait(false),
                Position = members.Count > 0 ? members[^1].Position : position,
                Finished = finished,
                SliceSize = sliceSize,
                At = time.GetUtcNow(),
            };
            var stored = await store.Executions.AppendPlanAsync(lease, batch, cancellationToken).ConfigureAwait(false);
            if (stored)
            {
                meters.Recipients.Planned(batch);
            }

            members.Clear();
            (position, storedAt) = (batch.Position, time.GetTimestamp());
            signal.Wake();
            return stored;
        }
    }

    // Whether it came within that time.
    private async Task<bool> ArrivesAsync(Task<bool> next, TimeSpan atMost)
    {
        var arrived = new AsyncSignal(work);
        _ = next.ContinueWith(_ => arrived.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await arrived.WaitAsync(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero, time, CancellationToken.None).ConfigureAwait(false);
        return next.IsCompleted;
    }

    // A node should not hold more than it can hand over within a lease, so that slow runs are shared and quickly recovered.
    private int SliceSize(int concurrency, int? ratePerHour)
    {
        var permitsOfALease = ratePerHour is { } rate ? rate * options.LeaseDuration.TotalHours : double.MaxValue;
        return (int)Math.Clamp(Math.Min(10.0 * concurrency, permitsOfALease), 10, 500);
    }
}
