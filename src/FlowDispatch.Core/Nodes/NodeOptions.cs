namespace FlowDispatch.Nodes;

/// <summary>How this process takes part in dispatching.</summary>
public sealed class NodeOptions
{
    /// <summary>Whether this process plans and sends; false for one that only serves the API. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Most messages in senders' hands at once in this process. Default 200; 1 to 10,000.</summary>
    public int MaxConcurrency { get; set; } = 200;

    /// <summary>Most executions that this process sends for at once; further ones take turns. Default 32; 1 to 1,000.</summary>
    public int MaxExecutions { get; set; } = 32;

    /// <summary>How long what this process holds stays its own after it was last heard of. Default 30 s; 3 s to an hour.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The least wait for a receipt before an attempt in doubt may be repeated. Default 2 min; zero to 366 days.</summary>
    public TimeSpan InDoubtGracePeriod { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>When <see cref="InDoubtPolicy"/> decides about an attempt that no receipt settled. Default 1 h; the grace period to 366 days.</summary>
    public TimeSpan InDoubtDeadline { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What happens to an attempt that stays in doubt. Default <see cref="Nodes.InDoubtPolicy.Hold"/>.</summary>
    public InDoubtPolicy InDoubtPolicy { get; set; } = InDoubtPolicy.Hold;

    /// <summary>How often control state is read. Default 250 ms; 10 ms to 500 ms, so that a pause holds within a second.</summary>
    public TimeSpan ControlInterval { get; set; } = TimeSpan.FromMilliseconds(250);
}
