namespace FlowDispatch.Sample.Simulator;

/// <summary>A time drawn evenly from <paramref name="Min"/> to <paramref name="Max"/> milliseconds, both included.</summary>
public sealed record MillisecondRange(int Min, int Max);
