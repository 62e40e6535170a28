using FlowDispatch.Channels;
using FlowDispatch.Diagnostics;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Limits;
using FlowDispatch.Nodes;
using FlowDispatch.Scheduling;
using FlowDispatch.Sending;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Dispatching;

/// <summary>The runners of this node, and the housekeeping around executions that no runner does: recovery, closing, cancelling, budgets.</summary>
internal sealed class RunnerPool
{
    private const int CancelStep = 5_000;
    private const int MostFailures = 3;
    private static readonly TimeSpan FailureRest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecoveryInterval = TimeSpan.FromSeconds(1);

    private readonly IStore _store;
    private readonly ITemplateEngine _engine;
    private readonly ChannelRegistry _channels;
    private readonly IServiceProvider _senders;
    private readonly NodeName _name;
    private readonly NodeSignal _signal;
    private readonly RunnerServices _services;
    private readonly BudgetWatch _budgets;
    private readonly RunnerPlaces _places;
    private readonly Dictionary<int, RunnerJob> _jobs = [];
    private readonly HashSet<int> _refused = [];
    private readonly Dictionary<int, long> _failed = [];
    private long _recoveredAt;
    private long _renewedAt;
    private int _turn;

    public RunnerPool(
        IStore store, ITemplateEngine engine, ChannelRegistry channels, IServiceProvider senders, NodeOptions options, NodeName name, NodeSignal signal, WorkQueue work, Random random, TimeProvider time, Meters meters, ILogger<RunnerPool> logger)
    {
        _store = store;
        _engine = engine;
        _channels = channels;
        _senders = senders;
        _name = name;
        _signal = signal;
        var clock = new StoreClock(time);
        _services = new(store, new ControlView(store, clock, work), options, work, new AsyncSlots(options.MaxConcurrency, work), clock, random, new(StringComparer.Ordinal), meters, logger);
        _places = new(options, clock);
        _budgets = new(store, _services.Control, clock, logger);
    }

    /// <summary>Whether any runner is at work.</summary>
    public bool Busy => _places.Busy;

    /// <summary>One round: renew, read control, wake the planning, recover, look at budgets, start runners, close, cancel.</summary>
    public async Task TendAsync(CancellationToken stopping, CancellationToken abandon)
    {
        _places.Sweep();
        await RenewAsync(abandon).ConfigureAwait(false);
        await _services.Control.ReadAsync(abandon).ConfigureAwait(false);
        _services.Meters.Node.Saw(_services.Control, _places.Watches, _services.Time);
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        if (_services.Control.Executions.Any(e => e is { Planned: false, Status: ExecutionStatus.Queued or ExecutionStatus.Running }))
        {
            _signal.Planning.Set();
        }

        await RecoverAsync(stopping).ConfigureAwait(false);
        await _budgets.LookAsync(stopping).ConfigureAwait(false);
        foreach (var number in _jobs.Keys.Except(_services.Control.Executions.Select(e => e.Number)).ToList())
        {
            _jobs.Remove(number);
            _refused.Remove(number);
        }

        // What can't be tended must not keep from their turn those that come after it, now or in any later round.
        var failures = 0;
        foreach (var execution in InTurn().Where(e => _places.MayStart(e.Number) && !Rests(e.Number)))
        {
            try
            {
                await TendAsync(execution, stopping, abandon).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                _failed[execution.Number] = _services.Time.GetTimestamp();
                Log.ExecutionUntended(_services.Logger, failure, execution.Number);
                if (++failures == MostFailures)
                {
                    return;
                }
            }
        }
    }

    private async Task TendAsync(ControlledExecution execution, CancellationToken stopping, CancellationToken abandon)
    {
        switch (execution.Status)
        {
            case ExecutionStatus.Running when execution.HasSlices || execution.NextDueAt <= _services.Time.GetUtcNow():
                await StartAsync(execution, stopping, abandon).ConfigureAwait(false);
                break;
            case ExecutionStatus.Running when execution is { Planned: true, Open: 0 }:
                await _store.Claims.TryCloseAsync(execution.Number, stopping).ConfigureAwait(false);
                break;
            case ExecutionStatus.Cancelled:
                _services.Meters.Recipients.Cancelled(await _store.Claims.CancelOpenAsync(execution.Number, CancelStep, stopping).ConfigureAwait(false));
                break;
        }
    }

    private bool Rests(int number)
    {
        if (_failed.TryGetValue(number, out var failedAt) && _services.Time.GetElapsedTime(failedAt) < FailureRest)
        {
            return true;
        }

        _failed.Remove(number);
        return false;
    }

    /// <summary>Waits until every runner has finished.</summary>
    public Task DrainAsync() => Task.WhenAll(_places.Runs);

    // Higher priority first; among equals each round begins with another, so that none is always last.
    private List<ControlledExecution> InTurn()
    {
        var executions = _services.Control.Executions.ToList();
        _turn++;
        return [.. executions
            .OrderByDescending(e => e.Priority)
            .ThenBy(e => (e.Number + _turn) % Math.Max(1, executions.Count))];
    }

    private async Task StartAsync(ControlledExecution execution, CancellationToken stopping, CancellationToken abandon)
    {
        if (await JobAsync(execution.Number, stopping).ConfigureAwait(false) is not { } job)
        {
            return;
        }

        var settings = job.Execution.Snapshot.Settings;
        var now = _services.Time.GetUtcNow();
        if (!(execution.NextDueAt <= now) && new Gate(job.Execution, job.Program, job.Channel).OpensAt(now) > now)
        {
            // Its window is closed, and nobody is due who is past his first message: no lease, no claims; asked again at every round.
            return;
        }

        if (_places.IsFull)
        {
            _places.MakePlace(execution.Priority);
            return;
        }

        var startedAt = _services.Time.GetTimestamp();
        var (automation, most) = (job.Execution.AutomationId, settings.MaxConcurrentExecutions);
        var asked = _places.SlotsFor(execution.Number, automation, most);
        var lease = await _store.Claims.LeaseAsync(
            execution.Number, _name.Value, Math.Min(asked, _services.Options.MaxConcurrency), _services.Options.LeaseDuration, stopping).ConfigureAwait(false);
        if (lease is null)
        {
            _places.MakeSlots(automation, most);
            return;
        }

        var watch = new LeaseWatch(lease, _services.Options.LeaseDuration, startedAt, _services.Time);
        var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _places.Begin(
            execution.Number,
            new(automation, execution.Priority, most, asked, watch, startedAt, leaving) { Run = RunAsync(job, watch, leaving.Token, stopping, abandon) });
    }

    private async Task RunAsync(RunnerJob job, LeaseWatch watch, CancellationToken leaving, CancellationToken stopping, CancellationToken abandon)
    {
        await _services.Work.HopAsync().ConfigureAwait(false);
        using var span = Spans.Dispatch(job.Execution, job.Channel, watch.Lease);
        try
        {
            using var runner = new ExecutionRunner(_services, job, watch);
            await runner.RunAsync(leaving, stopping, abandon).ConfigureAwait(false);
            await _store.Claims.TryCloseAsync(job.Execution.Number, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // Asked to leave in the middle of a claim: nothing was marked by it.
        }
        catch (Exception failure)
        {
            // One execution's trouble must not stop the others; its lease ends by itself and is recovered.
            Log.RunnerFailed(_services.Logger, failure, job.Execution.Id);
            Spans.Failed(span, failure);
        }
        finally
        {
            _signal.Wake();
        }
    }

    private async Task<RunnerJob?> JobAsync(int number, CancellationToken cancellationToken)
    {
        if (_jobs.TryGetValue(number, out var known))
        {
            return known;
        }

        if (await _store.Executions.FindByNumberAsync(number, cancellationToken).ConfigureAwait(false) is not { } execution)
        {
            return null;
        }

        var channel = _channels.Find(execution.OrganizationId, execution.Snapshot.Settings.ChannelId);
        var sender = channel is null ? null : _senders.GetKeyedService<IMessageSender>(channel.Kind);
        if (channel is null || sender is null)
        {
            return Refuse(channel is null
                ? $"the channel {execution.Snapshot.Settings.ChannelId} is not configured."
                : $"no sender is registered for channels of kind {channel.Kind}.");
        }

        try
        {
            return _jobs[number] = new(execution, new FlowProgram(execution.Snapshot, _engine), channel, sender);
        }
        catch (Exception failure)
        {
            // A filter of another node's version, bounds that are tighter by now: others may be able to.
            return Refuse($"its flow can't be compiled: {failure.Message}");
        }

        RunnerJob? Refuse(string reason)
        {
            if (_refused.Add(number))
            {
                Log.NotSendable(_services.Logger, number, reason);
            }

            return null;
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var watches = _places.Watches.ToList();
        if (watches.Count == 0 || _services.Time.GetElapsedTime(_renewedAt) < _services.Options.LeaseDuration / 4)
        {
            return;
        }

        var startedAt = _services.Time.GetTimestamp();
        var held = await _store.Claims.RenewAsync([.. watches.Select(w => w.Lease.Token)], _services.Options.LeaseDuration, cancellationToken).ConfigureAwait(false);
        _renewedAt = startedAt;
        foreach (var watch in watches)
        {
            if (held.Contains(watch.Lease.Token))
            {
                watch.Renewed(startedAt);
            }
            else
            {
                watch.Lose();
            }
        }
    }

    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (_recoveredAt != 0 && _services.Time.GetElapsedTime(_recoveredAt) < RecoveryInterval)
        {
            return;
        }

        _recoveredAt = _services.Time.GetTimestamp();
        var recovered = _services.Meters.Node.Recovered(await _store.Claims.RecoverAsync(cancellationToken).ConfigureAwait(false));
        if (recovered > 0)
        {
            Log.Recovered(_services.Logger, recovered);
        }

        _services.Control.Forget(_places.Watches.Select(w => w.UnsentSince).DefaultIfEmpty(long.MaxValue).Min());
    }
}
