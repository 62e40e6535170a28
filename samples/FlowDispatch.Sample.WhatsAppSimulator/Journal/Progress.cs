namespace FlowDispatch.Sample.Simulator;

/// <summary>Of the messages from one number to another, both included, so many receipts are settled.</summary>
internal readonly record struct Progress(long From, long To, int Settled);
