using System.Diagnostics;
using System.Diagnostics.Metrics;
using FlowDispatch.Diagnostics;
using FlowDispatch.Testing.Simulations;

namespace FlowDispatch.Core.Tests.Diagnostics;

[Collection(ListeningAlone.Name)]
public sealed class ListeningTests
{
    [Fact]
    public void Whoever_listens_to_measurements_and_spans_changes_nothing_of_what_happens()
    {
        var unheard = Fingerprints();
        var (measured, spans) = (0, 0);
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FlowDispatchTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => measured++);
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => measured++);
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == FlowDispatchTelemetry.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ => spans++,
        };
        ActivitySource.AddActivityListener(activities);

        var heard = Fingerprints();

        Assert.Equal(unheard, heard);
        Assert.True(measured > 100 && spans > 100, $"{measured} measurements and {spans} spans were heard.");
    }

    // On a thread with the stack that a whole simulated world may need.
    private static List<string> Fingerprints()
    {
        var fingerprints = new List<string>();
        var thread = new Thread(() => fingerprints.AddRange(Enumerable.Range(1, 25).Select(seed => Simulation.Run(seed).Fingerprint)), 16 << 20);
        thread.Start();
        thread.Join();
        return fingerprints;
    }
}
