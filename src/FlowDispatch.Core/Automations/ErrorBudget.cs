namespace FlowDispatch.Automations;

/// <summary>The share of provider-side failures from which an execution pauses.</summary>
/// <param name="Percent">More than 0, at most 100.</param>
/// <param name="Minimum">Results to wait for before judging; at least 1.</param>
public sealed record ErrorBudget(double Percent, int Minimum);
