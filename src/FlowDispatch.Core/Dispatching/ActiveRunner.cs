using FlowDispatch.Automations;
using FlowDispatch.Nodes;

namespace FlowDispatch.Dispatching;

/// <summary>A runner at work, as its node sees it.</summary>
/// <param name="automation">The automation of its execution.</param>
/// <param name="priority">The execution's.</param>
/// <param name="most">The automation's slots.</param>
/// <param name="asked">How many of them it asked for.</param>
/// <param name="watch">Its lease.</param>
/// <param name="startedAt">A timestamp.</param>
/// <param name="leaving">Asks it to finish what is in senders' hands and to end.</param>
internal sealed class ActiveRunner(AutomationId automation, int priority, int most, int asked, LeaseWatch watch, long startedAt, CancellationTokenSource leaving) : IDisposable
{
    public AutomationId Automation => automation;

    public int Priority => priority;

    public int Most => most;

    public int Asked => asked;

    public LeaseWatch Watch => watch;

    public long StartedAt => startedAt;

    public required Task Run { get; init; }

    public bool Leaves => leaving.IsCancellationRequested;

    /// <summary>Whether it leaves for others, and lets them go first.</summary>
    public bool MadeRoom { get; private set; }

    /// <summary>Lets it ask anew for what is there by now.</summary>
    public void Leave() => leaving.Cancel();

    /// <summary>Lets it end for others.</summary>
    public void MakeRoom()
    {
        MadeRoom = true;
        leaving.Cancel();
    }

    public void Dispose() => leaving.Dispose();
}
