namespace FlowDispatch.WhatsApp;

/// <summary>
/// When a number stops sending for a while because the provider can't be reached or does not answer. While it does,
/// messages wait without losing an attempt; after the pause a single one tries whether the provider is back.
/// </summary>
/// <remarks>Every unanswered send is somebody in doubt: the circuit keeps an outage from doing that to a whole audience.</remarks>
public sealed class WhatsAppCircuitOptions
{
    /// <summary>The share of sends within <see cref="Window"/> that must be unreachable or unanswered. Default 0.5; above 0, at most 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How many sends the window must hold before the share counts. Default 10; 2 to 10,000.</summary>
    public int MinimumSends { get; set; } = 10;

    /// <summary>How far back the share looks. Default 30 s; from 1 s to 10 min.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the number pauses. Default 15 s; from 1 s to 10 min.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(15);
}
