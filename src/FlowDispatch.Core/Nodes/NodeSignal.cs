namespace FlowDispatch.Nodes;

/// <summary>Wakes this process's dispatching, its planning and its inbox when there is news.</summary>
public sealed class NodeSignal
{
    internal NodeSignal(WorkQueue work)
    {
        Control = new(work);
        Planning = new(work);
        Inbox = new(work);
    }

    internal AsyncSignal Control { get; }

    /// <summary>Set by each read of the control state that shows something to plan; whoever waits for it looks only then.</summary>
    internal AsyncSignal Planning { get; }

    internal AsyncSignal Inbox { get; }

    /// <summary>Says that there is something to dispatch. Never blocks; a hint only, since a node also looks by itself.</summary>
    public void Wake() => Control.Set();
}
