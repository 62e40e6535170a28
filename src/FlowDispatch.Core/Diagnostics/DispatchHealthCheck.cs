using System.Globalization;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FlowDispatch.Diagnostics;

/// <summary>Healthy while nothing is left lying: work that no node takes up, leases that nobody recovers, too many people in doubt.</summary>
/// <remarks>
/// It speaks of the store and so of all nodes together, whichever process is asked. Its data, also where it is healthy:
/// <c>late_executions</c> and <c>lag_seconds</c> (the longest of theirs), <c>ended_leases</c> and <c>lease_overdue_seconds</c>,
/// <c>in_doubt</c>. It says nothing about readiness: a process that is behind must not be taken out of service.
/// </remarks>
/// <param name="store">The store.</param>
/// <param name="options">Thresholds, as <see cref="FlowDispatchOptions.Health"/>.</param>
public sealed class DispatchHealthCheck(IStore store, IOptions<FlowDispatchOptions> options) : IHealthCheck
{
    /// <summary>The name under which FlowDispatch registers it.</summary>
    public const string Name = "flowdispatch.dispatch";

    private readonly DispatchHealthOptions _options = options.Value.Health;

    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        DispatchBacklog backlog;
        List<WaitingExecution> late;
        try
        {
            backlog = await store.Claims.ReadBacklogAsync(cancellationToken).ConfigureAwait(false);
            late = await LateAsync(backlog, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // As with the store's own check: what its client says goes to the log, not into the answer.
            return new(context.Registration.FailureStatus, "The store can't be asked what is left lying.", error);
        }

        var lag = late.Count == 0 ? TimeSpan.Zero : backlog.Now - late[0].Since;
        var overdue = backlog.FirstLeaseEnd is { } end ? backlog.Now - end : TimeSpan.Zero;
        var problems = new List<string>();
        Note(late.Count > 0, $"{late.Count} executions wait for a node to take them up, the first for {lag:c}.");
        Note(overdue > _options.MaxLeaseOverdue, $"{backlog.EndedLeases} leases have ended and nobody recovers them, the first for {overdue:c}.");
        Note(backlog.InDoubt > _options.MaxInDoubt, $"{backlog.InDoubt} recipients are in doubt.");
        var data = new Dictionary<string, object>
        {
            ["late_executions"] = late.Count,
            ["lag_seconds"] = lag.TotalSeconds,
            ["ended_leases"] = backlog.EndedLeases,
            ["lease_overdue_seconds"] = overdue.TotalSeconds,
            ["in_doubt"] = backlog.InDoubt,
        };
        return problems.Count == 0
            ? HealthCheckResult.Healthy("Nothing is left lying.", data)
            : new(context.Registration.FailureStatus, string.Join(' ', problems), data: data);

        void Note(bool holds, FormattableString problem)
        {
            if (holds)
            {
                problems.Add(problem.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Who waits too long, longest first: where people wait, only time within the execution's window counts.</summary>
    private async Task<List<WaitingExecution>> LateAsync(DispatchBacklog backlog, CancellationToken cancellationToken)
    {
        var late = new List<WaitingExecution>();
        var latest = backlog.Now - _options.MaxLag;
        foreach (var waiting in backlog.Waiting.TakeWhile(w => w.Since < latest))
        {
            if (waiting.ToPlan || await OpenSinceAsync(waiting.Number, latest, backlog.Now, cancellationToken).ConfigureAwait(false))
            {
                late.Add(waiting);
            }
        }

        return late;
    }

    private async Task<bool> OpenSinceAsync(int number, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await store.Executions.FindByNumberAsync(number, cancellationToken).ConfigureAwait(false) is not { } execution)
        {
            return false;
        }

        var hours = new SendingHours(execution.Snapshot.Settings, execution.CreatedAt);
        return hours.OpensAt(from) == from && hours.OpensAt(now) == now;
    }
}
