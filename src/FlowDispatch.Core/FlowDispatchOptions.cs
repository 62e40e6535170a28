using FlowDispatch.Nodes;

namespace FlowDispatch;

/// <summary>Settings of FlowDispatch as a whole.</summary>
public sealed class FlowDispatchOptions
{
    /// <summary>How this process takes part in dispatching.</summary>
    public NodeOptions Node { get; } = new();
}
