namespace FlowDispatch.Benchmarks;

/// <summary>A run did not do what it was to measure, so its figures would mean nothing.</summary>
internal sealed class InvalidMeasureException(string message) : Exception(message);
