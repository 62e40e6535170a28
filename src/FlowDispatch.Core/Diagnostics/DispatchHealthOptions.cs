namespace FlowDispatch.Diagnostics;

/// <summary>From when on <see cref="DispatchHealthCheck"/> calls dispatching degraded.</summary>
public sealed class DispatchHealthOptions
{
    /// <summary>How long work may wait until a node takes it up. Default 5 min; more than zero.</summary>
    public TimeSpan MaxLag { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a lease may be over without being recovered; a node that runs does that every second. Default 1 min; more than zero.</summary>
    public TimeSpan MaxLeaseOverdue { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most recipients in doubt, over all organizations, ended executions included. Default 100; 0 or more.</summary>
    public long MaxInDoubt { get; set; } = 100;
}
