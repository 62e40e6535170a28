using FlowDispatch.Automations;
using FlowDispatch.Nodes;

namespace FlowDispatch.Dispatching;

/// <summary>The runners of a node, and which of them make room: for executions that find every place taken, and for those of the same automation, with whom they share its slots.</summary>
/// <remarks>
/// Whoever makes room finishes what is in senders' hands, gives its lease back and takes its turn again, so that nobody waits for
/// the end of a run that takes days. What it costs is a lease every ten seconds, and only while somebody waits.
/// </remarks>
internal sealed class RunnerPlaces(NodeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    // Who waits asks at every round.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, ActiveRunner> _runners = [];
    private readonly Dictionary<int, (AutomationId Automation, long At)> _waiting = [];
    private readonly Dictionary<int, long> _resting = [];
    private int _wanted;

    public IEnumerable<LeaseWatch> Watches => _runners.Values.Select(r => r.Watch);

    public IEnumerable<Task> Runs => _runners.Values.Select(r => r.Run);

    public bool Busy => _runners.Values.Any(r => !r.Run.IsCompleted);

    public bool IsFull => _runners.Count >= options.MaxExecutions;

    /// <summary>Begins a round: runners that have finished are gone, and those that run on a smaller share than there is by now are to ask anew.</summary>
    public void Sweep()
    {
        _wanted = 0;
        foreach (var (number, runner) in _runners.Where(r => r.Value.Run.IsCompleted).ToList())
        {
            _runners.Remove(number);
            runner.Watch.Lose();
            runner.Dispose();
            if (runner.MadeRoom)
            {
                _resting[number] = time.GetTimestamp();
                _waiting[number] = (runner.Automation, time.GetTimestamp());
            }
        }

        Forget(_waiting.Where(w => time.GetElapsedTime(w.Value.At) >= Remembered).Select(w => w.Key), n => _waiting.Remove(n));
        Forget(_resting.Where(r => time.GetElapsedTime(r.Value) >= Rest).Select(r => r.Key), n => _resting.Remove(n));
        foreach (var runner in _runners.Values.Where(r => HadTurn(r) && r.Asked < Share(r.Automation, r.Most)))
        {
            runner.Leave();
        }
    }

    /// <summary>Whether an execution has no runner, and is not letting others go first.</summary>
    public bool MayStart(int number) => !_runners.ContainsKey(number) && !_resting.ContainsKey(number);

    /// <summary>How many of its automation's slots an execution that is about to start should ask for: as many as any other of that automation.</summary>
    /// <param name="number">The execution.</param>
    /// <param name="automation">Its automation.</param>
    /// <param name="most">The automation's slots.</param>
    public int SlotsFor(int number, AutomationId automation, int most)
    {
        _waiting[number] = (automation, time.GetTimestamp());
        return Share(automation, most);
    }

    public void Begin(int number, ActiveRunner runner)
    {
        _waiting.Remove(number);
        _runners[number] = runner;
    }

    /// <summary>An execution of this priority found every place taken: of those that are no more urgent, the one that has been at it longest makes room.</summary>
    public void MakePlace(int priority)
    {
        if (_runners.Values.Count(r => r.Leaves) < ++_wanted)
        {
            _runners.Values.Where(r => r.Priority <= priority && HadTurn(r)).OrderBy(r => r.Priority).ThenBy(r => r.StartedAt).FirstOrDefault()?.MakeRoom();
        }
    }

    /// <summary>
    /// An execution found its automation's slots taken: one of that automation that has more than a share makes room, and where
    /// there are fewer slots than executions the one that has been at it longest.
    /// </summary>
    public void MakeSlots(AutomationId automation, int most)
    {
        var others = _runners.Values.Where(r => r.Automation == automation).ToList();
        if (!others.Exists(r => r.Leaves))
        {
            var (share, scarce) = (Share(automation, most), most < Sharing(automation));
            others.Where(r => HadTurn(r) && (scarce || r.Watch.Lease.Slots > share)).MinBy(r => r.StartedAt)?.MakeRoom();
        }
    }

    private bool HadTurn(ActiveRunner runner) => !runner.Leaves && time.GetElapsedTime(runner.StartedAt) >= Turn;

    private int Share(AutomationId automation, int most) => Sharing(automation) is > 0 and var sharing ? (most + sharing - 1) / sharing : most;

    private int Sharing(AutomationId automation) =>
        _runners.Values.Count(r => r.Automation == automation) + _waiting.Count(w => w.Value.Automation == automation && !_runners.ContainsKey(w.Key));

    private static void Forget(IEnumerable<int> numbers, Action<int> forget) => numbers.ToList().ForEach(forget);
}
