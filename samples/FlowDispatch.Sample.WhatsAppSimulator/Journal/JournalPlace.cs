namespace FlowDispatch.Sample.Simulator;

/// <summary>Where a line lies in the journal; memory keeps this much of a message, not the message.</summary>
internal readonly record struct JournalPlace(long Offset, int Length);
