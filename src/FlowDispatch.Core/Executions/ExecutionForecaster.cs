using System.Collections.Concurrent;
using FlowDispatch.Channels;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;

namespace FlowDispatch.Executions;

/// <summary>Says when a running execution will have finished, by the same forecast that a preview gives, over what is left.</summary>
/// <param name="store">Where recipients are.</param>
/// <param name="channels">The channels.</param>
/// <param name="time">The clock.</param>
public sealed class ExecutionForecaster(IStore store, ChannelRegistry channels, TimeProvider time)
{
    // As few are counted one by one, since with them it matters what each waits for.
    private const int Few = 1_000;

    // Whoever watches an execution asks every second; to count its rows so often would cost more than sending them.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ExecutionId, (DateTimeOffset At, IReadOnlyList<PendingCount> Counts)> _counted = new();

    /// <summary>When the last message will have left; null where it can't be known: not planned yet, not running, nobody waits, or nothing tells the pace.</summary>
    /// <remarks>Where neither limit nor window holds a run back, its pace so far is its limit.</remarks>
    public async Task<DateTimeOffset?> FinishAsync(Execution execution, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(execution);
        if (execution is not { Status: ExecutionStatus.Queued or ExecutionStatus.Running, PlannedAt: not null, Counters.Pending: > 0 })
        {
            return null;
        }

        var settings = execution.Snapshot.Settings;
        var now = time.GetUtcNow();
        var hours = new SendingHours(settings, execution.CreatedAt);
        var spacing = SendingPace.Of(settings, channels.Find(execution.OrganizationId, settings.ChannelId)).Spacing;
        if (hours.Window is null && execution is { StartedAt: { } started, Counters.Sent: > 0 } && (now - started) / execution.Counters.Sent is var observed && observed > spacing)
        {
            spacing = observed;
        }

        if (spacing == TimeSpan.Zero)
        {
            return null;
        }

        var each = Math.Max(1, execution.Snapshot.FlowNodes.Count(n => n is FlowNode.Message or FlowNode.Template));
        var forecaster = new Forecaster(hours, spacing);
        if (hours.ByRecipient || settings.FrequencyCap is not null || execution.Counters.Pending <= Few)
        {
            foreach (var group in await CountAsync(execution, now, cancellationToken).ConfigureAwait(false))
            {
                forecaster.Add(group.TimeZone, group.Count, each, group.DueAt);
            }
        }
        else
        {
            forecaster.Add(timeZone: null, execution.Counters.Pending, each);
        }

        return forecaster.Run(now).FinishesAt;
    }

    private async Task<IReadOnlyList<PendingCount>> CountAsync(Execution execution, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_counted.TryGetValue(execution.Id, out var known) && now - known.At < Fresh)
        {
            return known.Counts;
        }

        foreach (var (id, stale) in _counted)
        {
            if (now - stale.At >= Fresh)
            {
                _counted.TryRemove(id, out _);
            }
        }

        var counts = await store.Recipients.CountPendingAsync(execution.OrganizationId, execution.Id, cancellationToken).ConfigureAwait(false);
        _counted[execution.Id] = (now, counts);
        return counts;
    }
}
