using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using FlowDispatch.Diagnostics;

namespace FlowDispatch.Core.Tests.Diagnostics;

/// <summary>Holds docs/telemetry.md against the code; what it says of logs is held in the sample's tests, which know every package.</summary>
public sealed class TelemetryDocTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "telemetry.md"));

    [Fact]
    public void Every_instrument_stands_on_the_page_with_its_kind_and_unit_and_no_other_does()
    {
        using var meters = new Meters(null);
        var instruments = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter == meters.Meter)
            {
                instruments.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
            }
        };
        listener.Start();

        var described = Rows("Measurements").Select(r => $"{r[0]} {r[1]} {r[2]}");

        Assert.Equal(instruments.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_span_stands_on_the_page_and_no_other_does()
    {
        string[] spans = [Spans.PlanName, Spans.DispatchName, Spans.SendName, Spans.ReceiveName, Spans.SettleName];

        Assert.Equal(spans.Order(StringComparer.Ordinal), Rows("Spans").Select(r => r[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_tag_and_health_check_stands_on_the_page()
    {
        var tags = typeof(Tags).GetFields(BindingFlags.Static | BindingFlags.Public).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);

        Assert.All(tags, tag => Assert.Contains($"`{tag}`", Page, StringComparison.Ordinal));
        Assert.Equal([StoreHealthCheck.Name, DispatchHealthCheck.Name], Rows("Health checks").Take(2).Select(r => r[0]));
    }

    [Fact]
    public void The_page_says_how_to_collect_by_the_names_that_are_used()
    {
        using var meters = new Meters(null);

        Assert.Contains($"AddMeter(\"{meters.Meter.Name}\")", Page, StringComparison.Ordinal);
        Assert.Contains($"AddSource(\"{FlowDispatchTelemetry.ActivitySourceName}\")", Page, StringComparison.Ordinal);
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        "Counter`1" => "counter",
        "UpDownCounter`1" => "up-down counter",
        "Histogram`1" => "histogram",
        "ObservableGauge`1" => "observable gauge",
        "ObservableUpDownCounter`1" => "observable up-down counter",
        var other => other,
    };

    /// <summary>The rows of a section's tables without the code marks; each table's head and rule left out.</summary>
    private static IEnumerable<string[]> Rows(string section) => Page.Split("\n## ").Single(s => s.StartsWith(section + "\n", StringComparison.Ordinal))
        .Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
