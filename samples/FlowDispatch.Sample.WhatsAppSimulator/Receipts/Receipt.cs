namespace FlowDispatch.Sample.Simulator;

/// <summary>One thing to tell the receiver: what happened (<paramref name="At"/>) and when it will be told (<paramref name="Due"/>), both in Unix milliseconds.</summary>
internal readonly record struct Receipt(string Status, long At, long Due, int? Code = null);
