namespace FlowDispatch.Nodes;

/// <summary>Wakes this process's dispatching and its inbox when there is news. A hint only: whoever waits also polls.</summary>
public sealed class NodeSignal
{
    internal NodeSignal(WorkQueue work)
    {
        Control = new(work);
        Inbox = new(work);
    }

    internal AsyncSignal Control { get; }

    internal AsyncSignal Inbox { get; }

    /// <summary>Says that there is something to dispatch. Never blocks.</summary>
    public void Wake() => Control.Set();
}
