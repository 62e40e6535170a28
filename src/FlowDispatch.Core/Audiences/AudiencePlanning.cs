using System.Collections.Concurrent;
using FlowDispatch.Channels;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Variables;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Audiences;

/// <summary>Plans executions: streams the audience and stores its recipients, batch by batch, with the place to go on from.</summary>
/// <remarks>
/// If the process dies anywhere here, the next node goes on behind the last batch that was stored; nobody is planned twice.
/// However slowly an audience comes, what came is stored, and the lease renewed, several times in each lease.
/// </remarks>
internal sealed class AudiencePlanning(
    IStore store, ITemplateEngine engine, AudienceDirectory audiences, VariableSourceDirectory sources, ChannelRegistry channels, NodeOptions options, NodeSignal signal, WorkQueue work, TimeProvider time, Meters meters, ILogger<AudiencePlanning> logger)
{
    private const int BatchSize = 1_000;
    private const int QuickRetries = 2;

    private readonly ConcurrentDictionary<int, int> _failures = new();

    /// <summary>Takes an execution that waits to be planned; null when there is none.</summary>
    public Task<PlanLease?> LeaseAsync(string node, CancellationToken cancellationToken) =>
        store.Executions.LeasePlanAsync(node, options.LeaseDuration, cancellationToken);

    /// <summary>Gives it back.</summary>
    public Task ReleaseAsync(PlanLease lease) => store.Executions.ReleasePlanAsync(lease, CancellationToken.None);

    /// <summary>Plans it as far as it goes; where its audience can't be resolved it fails.</summary>
    /// <returns>
    /// False where a variable source gave nothing, or the audience failed for the third time in a row: then the lease is not to be
    /// given back, but ends by itself. That is how long all nodes leave them in peace, and other executions have the slot meanwhile.
    /// </returns>
    public async Task<bool> PlanAsync(PlanLease lease, CancellationToken cancellationToken)
    {
        using var span = Spans.Plan(lease.Execution);
        try
        {
            await StreamAsync(lease, cancellationToken).ConfigureAwait(false);
        }
        catch (VariableSourceException failure)
        {
            Log.VariableSourceFailed(logger, failure.InnerException ?? failure, lease.Execution.Id, failure.SourceName);
            Spans.Failed(span, failure);
            await SayAsync(lease.Execution, failure.Message, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (AudienceFailedException failure) when (!cancellationToken.IsCancellationRequested)
        {
            Log.AudienceFailed(logger, failure.InnerException!, lease.Execution.Id);
            Spans.Failed(span, failure);
            if (_failures.AddOrUpdate(lease.Execution.Number, 1, (_, times) => times + 1) <= QuickRetries)
            {
                throw;
            }

            await SayAsync(lease.Execution, failure.Message, cancellationToken).ConfigureAwait(false);
            return false;
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

        _failures.TryRemove(lease.Execution.Number, out _);
        return true;
    }

    private Task<Execution?> SayAsync(Execution execution, string reason, CancellationToken cancellationToken) => store.Executions.UpdateAsync(
        execution.OrganizationId,
        execution.Id,
        e => e.Status == ExecutionStatus.Running && e.StatusReason != reason ? e with { StatusReason = reason } : e,
        cancellationToken);

    private async Task StreamAsync(PlanLease lease, CancellationToken cancellationToken)
    {
        var execution = lease.Execution;
        var planner = new RecipientPlanner(store, engine, execution, channels.Find(execution.OrganizationId, execution.Snapshot.Settings.ChannelId), sources);
        if (planner.Sources.Any(name => sources.Find(name) is { TakesBack: true }) && !await OweReturnsAsync(execution, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var sliceSize = SliceSize(execution.Snapshot.Settings.MaxConcurrentExecutions, execution.Snapshot.Settings.RateLimitPerHour);
        var members = new List<AudienceMember>(BatchSize);
        var position = lease.Position;
        var interval = lease.Duration / 4;
        var storedAt = time.GetTimestamp();
        var reason = execution.StatusReason;
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var audience = audiences.StreamAsync(execution, lease.Position, given.Token).GetAsyncEnumerator(given.Token);
        await using var end = audience.ConfigureAwait(false);
        var storing = Task.FromResult(true);
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        finally
        {
            await ((Task)storing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ReadAsync()
        {
            while (true)
            {
                var coming = audience.MoveNextAsync();
                var next = coming.IsCompleted ? null : coming.AsTask();
                while (next is not null && !await work.EndsAsync(next, interval - time.GetElapsedTime(storedAt), time, CancellationToken.None).ConfigureAwait(false))
                {
                    var kept = false;
                    try
                    {
                        kept = await AppendAsync(finished: false).ConfigureAwait(false) && await storing.ConfigureAwait(false);
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

                if (!await ComesAsync(next is null ? coming : new(next)).ConfigureAwait(false))
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
        }

        // Whatever a host's audience throws is its own, and no reason to take the store for broken.
        async ValueTask<bool> ComesAsync(ValueTask<bool> coming)
        {
            try
            {
                return await coming.ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not (AudienceUnavailableException or VariableMappingException) && !cancellationToken.IsCancellationRequested)
            {
                throw new AudienceFailedException(execution.Snapshot.Settings.AudienceType, failure);
            }
        }

        // A batch is stored while the next one is read and planned; but who was given something by a source is stored
        // before others are asked for, so that a crash leaves one batch at most that was asked for in vain.
        async Task<bool> AppendAsync(bool finished)
        {
            if (await PlannedAsync().ConfigureAwait(false) is not { } recipients || !await storing.ConfigureAwait(false))
            {
                return false;
            }

            await TakeBackReasonAsync().ConfigureAwait(false);
            var batch = Batch(recipients, members.Count > 0 ? members[^1].Position : position, finished);
            members.Clear();
            (position, storedAt) = (batch.Position, time.GetTimestamp());
            storing = StoreAsync(batch);
            return (!finished && planner.Sources.Count == 0) || await storing.ConfigureAwait(false);
        }

        async Task<bool> StoreAsync(PlanBatch batch)
        {
            var stored = await store.Executions.AppendPlanAsync(lease, batch, cancellationToken).ConfigureAwait(false);
            if (stored)
            {
                meters.Recipients.Planned(batch);
            }

            signal.Wake();
            return stored;
        }

        PlanBatch Batch(IReadOnlyList<PlannedRecipient> recipients, string? after, bool finished) =>
            new() { Recipients = recipients, Position = after, Finished = finished, SliceSize = sliceSize, At = time.GetUtcNow() };

        // Null where nobody plans it any more.
        async Task<IReadOnlyList<PlannedRecipient>?> PlannedAsync()
        {
            if (planner.Sources.Count == 0)
            {
                return await planner.PlanAsync(members, createPeople: true, cancellationToken).ConfigureAwait(false);
            }

            using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var planned = planner.PlanAsync(members, createPeople: true, asking.Token);
            try
            {
                // Sources may take their time too: the lease holds, and a cancelled execution waits for none.
                while (!await work.EndsAsync(planned, interval, time, CancellationToken.None).ConfigureAwait(false))
                {
                    if (!await store.Executions.AppendPlanAsync(lease, Batch([], position, finished: false), cancellationToken).ConfigureAwait(false))
                    {
                        return null;
                    }
                }
            }
            finally
            {
                asking.Cancel();
            }

            return await planned.ConfigureAwait(false);
        }

        // It goes on: what was said of its audience or of a source is over.
        async Task TakeBackReasonAsync()
        {
            if (reason is { } told)
            {
                await store.Executions.UpdateAsync(
                    execution.OrganizationId,
                    execution.Id,
                    e => e.Status == ExecutionStatus.Running && e.StatusReason == told ? e with { StatusReason = null } : e,
                    cancellationToken).ConfigureAwait(false);
                reason = null;
            }
        }
    }

    // Before the first of them is asked: whatever happens then, somebody finds out later who has to be given back.
    private async Task<bool> OweReturnsAsync(Execution execution, CancellationToken cancellationToken) =>
        execution.OwesReturns || await store.Executions.UpdateAsync(
            execution.OrganizationId,
            execution.Id,
            e => e is { Status: ExecutionStatus.Running, OwesReturns: false } ? e with { OwesReturns = true } : e,
            cancellationToken).ConfigureAwait(false) is { OwesReturns: true };

    // A node should not hold more than it can hand over within a lease, so that slow runs are shared and quickly recovered; and
    // it claims the next before the last is gone.
    private int SliceSize(int concurrency, int? ratePerHour)
    {
        var permitsOfALease = ratePerHour is { } rate ? rate * options.LeaseDuration.TotalHours : double.MaxValue;
        return (int)Math.Clamp(Math.Min(10.0 * concurrency, permitsOfALease / 2), 10, 500);
    }
}
