using FlowDispatch.Diagnostics;
using FlowDispatch.Nodes;
using FlowDispatch.Retention;

namespace FlowDispatch;

/// <summary>Settings of FlowDispatch as a whole.</summary>
public sealed class FlowDispatchOptions
{
    /// <summary>How this process takes part in dispatching.</summary>
    public NodeOptions Node { get; } = new();

    /// <summary>What is pruned by itself.</summary>
    public RetentionOptions Retention { get; } = new();

    /// <summary>When the health check of dispatching calls it degraded.</summary>
    public DispatchHealthOptions Health { get; } = new();
}
