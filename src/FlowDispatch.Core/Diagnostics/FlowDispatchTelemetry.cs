namespace FlowDispatch.Diagnostics;

/// <summary>Under which names a host collects what FlowDispatch measures and traces; docs/telemetry.md lists all of it.</summary>
public static class FlowDispatchTelemetry
{
    /// <summary>The meter, for OpenTelemetry's <c>AddMeter</c>.</summary>
    public const string MeterName = "FlowDispatch";

    /// <summary>The activity source, for OpenTelemetry's <c>AddSource</c>.</summary>
    public const string ActivitySourceName = "FlowDispatch";

    internal static string? Version { get; } = typeof(FlowDispatchTelemetry).Assembly.GetName().Version?.ToString(3);
}
