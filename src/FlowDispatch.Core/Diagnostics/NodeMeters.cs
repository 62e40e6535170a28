using System.Diagnostics.Metrics;
using FlowDispatch.Executions;
using FlowDispatch.Nodes;
using FlowDispatch.Storage;

namespace FlowDispatch.Diagnostics;

/// <summary>What a node knows at the moment: of open executions as it last read them, and of the leases it holds.</summary>
/// <remarks>Silent where this process does not dispatch.</remarks>
internal sealed class NodeMeters
{
    private readonly Counter<long> _recovered;
    private volatile Sight? _sight;

    public NodeMeters(Meter meter)
    {
        _recovered = meter.CreateCounter<long>("flowdispatch.leases.recovered", "{lease}", "Leases of nodes that were not heard of any more.");
        meter.CreateObservableGauge("flowdispatch.executions.open", Open, "{execution}", "Open executions in the store, by status; every node sees the same.");
        meter.CreateObservableUpDownCounter("flowdispatch.leases.held", Held, "{lease}", "Executions that this node takes part in.");
        meter.CreateObservableGauge("flowdispatch.lease.age", LeaseAge, "s", "Since when the lease of this node that was renewed longest ago was not renewed.");
        meter.CreateObservableGauge("flowdispatch.control.age", ControlAge, "s", "How old the control state is that this node goes by; nothing is handed over at 0.8 s or more.");
        meter.CreateObservableGauge("flowdispatch.due.lag", DueLag, "s", "How long the earliest due recipient of a running execution has been waiting to be claimed; every node sees the same.");
    }

    /// <summary>A round of control: what it read, and the leases held.</summary>
    public void Saw(ControlView view, IEnumerable<LeaseWatch> leases, TimeProvider time) => _sight = new(view.Executions, [.. leases], time, time.GetTimestamp());

    /// <summary>So many leases had ended.</summary>
    /// <returns>The same number.</returns>
    public int Recovered(int leases)
    {
        if (leases > 0)
        {
            _recovered.Add(leases);
        }

        return leases;
    }

    private IEnumerable<Measurement<int>> Open() => _sight is not { } sight ? [] :
        new[] { ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Paused }.Select(status =>
            new Measurement<int>(sight.Executions.Count(e => e.Status == status), Tags.Of(Tags.ExecutionStatus, JsonText.Word(status))));

    private IEnumerable<Measurement<int>> Held() => _sight is { } sight ? [new(sight.Leases.Count(l => l.Holds))] : [];

    private IEnumerable<Measurement<double>> LeaseAge() =>
        _sight is { } sight ? [new(sight.Leases.Where(l => l.Holds).Select(l => l.Age.TotalSeconds).DefaultIfEmpty().Max())] : [];

    private IEnumerable<Measurement<double>> ControlAge() => _sight is { } sight ? [new(sight.Time.GetElapsedTime(sight.At).TotalSeconds)] : [];

    private IEnumerable<Measurement<double>> DueLag()
    {
        if (_sight is not { } sight)
        {
            return [];
        }

        var now = sight.Time.GetUtcNow();
        var earliest = sight.Executions.Where(e => e.Status == ExecutionStatus.Running).Min(e => e.NextDueAt) ?? now;
        return [new(Math.Max(0, (now - earliest).TotalSeconds))];
    }

    private sealed record Sight(IReadOnlyCollection<ControlledExecution> Executions, IReadOnlyCollection<LeaseWatch> Leases, TimeProvider Time, long At);
}
