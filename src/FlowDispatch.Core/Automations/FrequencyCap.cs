namespace FlowDispatch.Automations;

/// <summary>Most first messages to one contact on one channel in a time.</summary>
/// <param name="Count">At least 1.</param>
/// <param name="Period">More than zero.</param>
public sealed record FrequencyCap(int Count, TimeSpan Period);
