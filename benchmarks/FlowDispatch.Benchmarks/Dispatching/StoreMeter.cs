using System.Diagnostics;
using FlowDispatch.Storage;

namespace FlowDispatch.Benchmarks.Dispatching;

/// <summary>Counts calls of the store and notes the instants between which a run is measured.</summary>
internal sealed class StoreMeter
{
    private readonly TaskCompletionSource _planned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _calls;
    private volatile bool _mayLease;
    private Reading? _firstClaim;
    private Reading? _lastResult;

    /// <summary>Told of results as soon as they are durable; null tells nobody.</summary>
    public Action<IReadOnlyList<ClaimedChange>>? OnResults { get; init; }

    /// <summary>False in a process that leaves planning to another, which measures it.</summary>
    public bool MayPlan { get; init; } = true;

    /// <summary>False while planning is measured alone: until then no node gets a lease to send under.</summary>
    public bool MayLease => _mayLease;

    /// <summary>Completes when the audience is stored to its last recipient.</summary>
    public Task Planned => _planned.Task;

    /// <summary>Completes when the execution is closed.</summary>
    public Task Closed => _closed.Task;

    public TimeSpan Planning { get; private set; }

    /// <summary>The first claim and the last durable result; null where there were none.</summary>
    public (Reading From, Reading To)? Span => _firstClaim is { } from && _lastResult is { } to ? (from, to) : null;

    /// <summary>From the first claim to the last durable result.</summary>
    public (TimeSpan Time, TimeSpan Cpu, long Calls) Dispatching =>
        Span is var (from, to) ? to.Since(from) : throw new InvalidMeasureException("Nobody was claimed, so there is nothing to measure.");

    private long PlanningFrom { get; set; }

    public void Call() => Interlocked.Increment(ref _calls);

    public void PlanLeased(long from) => PlanningFrom = from;

    public void PlanStored()
    {
        Planning = Stopwatch.GetElapsedTime(PlanningFrom);
        _planned.TrySetResult();
    }

    public void LetLease() => _mayLease = true;

    public void Claiming() => _firstClaim ??= Read();

    public void ResultsStored(IReadOnlyList<ClaimedChange> results)
    {
        _lastResult = Read();
        OnResults?.Invoke(results);
    }

    public void ExecutionClosed() => _closed.TrySetResult();

    /// <summary>The time, the process's processor time and the store's calls as of now.</summary>
    public Reading Read() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, Interlocked.Read(ref _calls));

    /// <summary>One instant of a run.</summary>
    public sealed record Reading(long At, TimeSpan Cpu, long Calls)
    {
        public (TimeSpan Time, TimeSpan Cpu, long Calls) Since(Reading from) =>
            (Stopwatch.GetElapsedTime(from.At, At), Cpu - from.Cpu, Calls - from.Calls);
    }
}
