namespace FlowDispatch.Sample.Simulator;

/// <summary>A message that is owed receipts: where it is kept, which receipt is next and how often that was tried in vain.</summary>
internal readonly record struct Owed(JournalPlace Place, short Next, short Attempts);
