using FlowDispatch.Sample.Simulator;

namespace FlowDispatch.Sample.Demo;

/// <summary>How the simulated provider behaves in the demonstration: quick, and now and then as unkind as real ones.</summary>
internal static class DemoProvider
{
    public static SimulatorBehavior Behavior { get; } = new()
    {
        LatencyMs = new(20, 120),
        Errors = [new(130429, 0.005, 5)], // "too fast": the channel rests a moment, and nobody fails
        LostAnswers = 0.01, // taken, but the answer never arrives: in doubt until the receipt settles it
        DuplicateReceipts = 0.02,
        ReorderReceipts = 0.02,
        SkipDelivered = 0.02,
        Read = 0.6,
    };
}
