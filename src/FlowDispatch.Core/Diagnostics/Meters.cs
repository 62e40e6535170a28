using System.Diagnostics.Metrics;

namespace FlowDispatch.Diagnostics;

/// <summary>What one host measures of itself. Nothing is counted, and nothing allocated, where nobody listens.</summary>
internal sealed class Meters : IDisposable
{
    /// <param name="factory">The host's; without one the meter is its own.</param>
    public Meters(IMeterFactory? factory)
    {
        var options = new MeterOptions(FlowDispatchTelemetry.MeterName) { Version = FlowDispatchTelemetry.Version };
        Meter = factory?.Create(options) ?? new Meter(options);
        Recipients = new(Meter);
        Sends = new(Meter);
        Commits = new(Meter, Recipients);
        Inbox = new(Meter, Recipients);
        Node = new(Meter);
    }

    public Meter Meter { get; }

    public RecipientMeters Recipients { get; }

    public SendMeters Sends { get; }

    public CommitMeters Commits { get; }

    public InboxMeters Inbox { get; }

    public NodeMeters Node { get; }

    // That of a factory outlives this and ends with the factory.
    public void Dispose() => Meter.Dispose();
}
