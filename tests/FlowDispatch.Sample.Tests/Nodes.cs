namespace FlowDispatch.Sample.Tests;

/// <summary>How many samples work together, and on what.</summary>
/// <param name="Store">As the crash run's command line names it.</param>
/// <param name="Count">1 or more.</param>
/// <param name="Receiver">Which of them the provider's receipts go to, from 0.</param>
/// <param name="ServerApart">Whether the store's server is to be stopped: then nobody else uses it.</param>
internal sealed record Nodes(string Store, int Count, int Receiver = 0, bool ServerApart = false);
