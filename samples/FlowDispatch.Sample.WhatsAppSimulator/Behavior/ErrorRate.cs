namespace FlowDispatch.Sample.Simulator;

/// <summary>An error of the provider, how likely it is for one message (0 to 1), and after how many of them it stops (null: never).</summary>
public sealed record ErrorRate(int Code, double Probability, int? Max = null);
