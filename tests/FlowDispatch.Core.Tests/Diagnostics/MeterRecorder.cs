using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FlowDispatch.Core.Tests.Diagnostics;

/// <summary>Keeps what one meter measures, and no other of the same name.</summary>
internal sealed class MeterRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _measured = [];

    public MeterRecorder(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public IEnumerable<object?> TagValues => _measured.SelectMany(m => m.Tags.Values);

    /// <summary>All that an instrument measured.</summary>
    public IReadOnlyList<double> Values(string instrument) => [.. _measured.Where(m => m.Instrument == instrument).Select(m => m.Value)];

    /// <summary>What it measured in sum, apart by a tag's value, or by several joined with a blank; "-" where it has none of that name.</summary>
    public IReadOnlyDictionary<string, double> Sums(string instrument, params string[] by) => _measured
        .Where(m => m.Instrument == instrument)
        .GroupBy(m => string.Join(' ', by.Select(name => m.Tags.GetValueOrDefault(name) ?? "-")))
        .ToDictionary(g => g.Key, g => g.Sum(m => m.Value));

    /// <summary>Asks every gauge for what it shows now.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value)));
}
