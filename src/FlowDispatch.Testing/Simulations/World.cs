using System.Globalization;
using FlowDispatch.Testing.Time;

namespace FlowDispatch.Testing.Simulations;

/// <summary>One thread, one clock, one source of chance: decides what runs next, and remembers what happened.</summary>
/// <remarks>
/// Everything of a simulation is either a piece of work that can run now, of which chance picks one, or a timer of the
/// clock, which moves only when nothing can run. So a seed is a complete description of what happens.
/// </remarks>
internal sealed class World
{
    private readonly List<(SimulatedNode? Node, Action Work)> _ready = [];
    private readonly List<string>? _trace;
    private int _thread;
    private int _steps;
    private volatile InvalidOperationException? _strayed;
    private ulong _fingerprint = 14_695_981_039_346_656_037;

    public World(int seed, DateTimeOffset start, bool keepTrace)
    {
        Chance = new(seed);
        Clock = new(start);
        _trace = keepTrace ? [] : null;
        Start = start;
    }

    /// <summary>After so many steps something goes round and round.</summary>
    public int MostSteps { get; init; } = 1_000_000;

    public Random Chance { get; }

    public ManualClock Clock { get; }

    public DateTimeOffset Start { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public IReadOnlyList<string> Trace => _trace ?? [];

    /// <summary>What went wrong, in words.</summary>
    public List<string> Violations { get; } = [];

    public string Fingerprint => _fingerprint.ToString("x16", CultureInfo.InvariantCulture);

    public bool Happens(double probability) => probability > 0 && Chance.NextDouble() < probability;

    public TimeSpan Between(double leastSeconds, double mostSeconds) =>
        TimeSpan.FromMilliseconds(Math.Round(1_000 * (leastSeconds + (Chance.NextDouble() * (mostSeconds - leastSeconds)))));

    /// <summary>Notes what happened; the fingerprint of two runs of one seed is the same.</summary>
    public void Note(string what)
    {
        foreach (var letter in what)
        {
            _fingerprint = (_fingerprint ^ letter) * 1_099_511_628_211;
        }

        _fingerprint = (_fingerprint ^ (ulong)Clock.GetTimestamp()) * 1_099_511_628_211;
        _trace?.Add($"{(Now - Start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture),10} {what}");
    }

    /// <summary>A line for the trace alone.</summary>
    public void Detail(SimulatedNode node, string what) =>
        _trace?.Add($"{(Now - Start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture),10}   {node.Name} {what}");

    public void Violate(string what)
    {
        Note("VIOLATION " + what);
        Violations.Add($"{(Now - Start).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s: {what}");
    }

    /// <summary>Makes a piece of work able to run; of a node only while that lives.</summary>
    public void Post(SimulatedNode? node, Action work)
    {
        CheckThread();
        _ready.Add((node, work));
    }

    /// <summary>Runs <paramref name="work"/> after a while.</summary>
    public void After(TimeSpan delay, SimulatedNode? node, Action work)
    {
        CheckThread();
        Clock.CreateTimer(_ => Run(node, work), null, delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes after a while, or as a piece of work of its own where <paramref name="delay"/> is zero; never, when the node dies before.</summary>
    public Task PauseAsync(SimulatedNode? node, TimeSpan delay)
    {
        var pause = new TaskCompletionSource();
        if (delay == TimeSpan.Zero)
        {
            Post(node, pause.SetResult);
        }
        else
        {
            After(delay, node, pause.SetResult);
        }

        return pause.Task;
    }

    /// <summary>Lets the world go on until something holds, at most so long; true when it came to hold.</summary>
    public bool RunUntil(Func<bool> holds, TimeSpan atMost)
    {
        // Continuations run on this very thread, and only where nothing asks for them to be sent elsewhere.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            var until = Clock.GetTimestamp() + atMost.Ticks;
            while (!holds())
            {
                if (_strayed is { } strayed)
                {
                    throw strayed;
                }

                if (++_steps > MostSteps)
                {
                    throw new InvalidOperationException($"After {MostSteps:N0} steps it is only {(Now - Start).TotalSeconds:0.000} s later: something goes round and round.");
                }

                if (_ready.Count > 0)
                {
                    var pick = _ready.Count == 1 ? 0 : Chance.Next(_ready.Count);
                    var (node, work) = _ready[pick];
                    _ready[pick] = _ready[^1];
                    _ready.RemoveAt(_ready.Count - 1);
                    Run(node, work);
                }
                else if (!Clock.FireNext(until))
                {
                    Clock.Advance(TimeSpan.FromTicks(until - Clock.GetTimestamp()));
                    return holds();
                }
            }

            return true;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Starts something that waits by itself; what it throws is a violation.</summary>
    public Task Go(string name, Func<Task> work)
    {
        var task = RunAsync();
        return task;

        async Task RunAsync()
        {
            await PauseAsync(null, TimeSpan.Zero).ConfigureAwait(false);
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                Violate($"{name} threw {failure}");
            }
        }
    }

    private void Run(SimulatedNode? node, Action work)
    {
        if (node is null)
        {
            work();
        }
        else if (node.Alive)
        {
            if (node.StalledFor() is { Ticks: > 0 } left)
            {
                After(left, node, work);
            }
            else
            {
                work();
            }
        }
    }

    // What left the thread would be decided by the machine, not by the seed.
    private void CheckThread()
    {
        if (_thread != 0 && _thread != Environment.CurrentManagedThreadId)
        {
            _strayed = new InvalidOperationException($"Something of the simulation ran on another thread: {Environment.StackTrace}");
            throw _strayed;
        }
    }
}
