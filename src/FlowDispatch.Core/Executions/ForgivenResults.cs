namespace FlowDispatch.Executions;

/// <summary>What an execution's error budget no longer counts.</summary>
/// <param name="Sent">Those the provider had taken a message for by then.</param>
/// <param name="Failed">Those who had failed on the provider's side by then.</param>
public readonly record struct ForgivenResults(int Sent, int Failed);
