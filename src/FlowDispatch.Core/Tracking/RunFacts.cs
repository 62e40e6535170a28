using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Recipients;

namespace FlowDispatch.Tracking;

/// <summary>What settling must know of an execution. All of it is frozen, but for the number of recipients, which only grows.</summary>
internal sealed record RunFacts(
    string OrganizationId, int Number, DateTimeOffset CreatedAt, int Recipients, IReadOnlyList<FlowNode> Flow, int MaxRetries)
{
    public static RunFacts Of(Execution execution) => new(
        execution.OrganizationId,
        execution.Number,
        execution.CreatedAt,
        execution.Counters.Total,
        execution.Snapshot.FlowNodes,
        execution.Snapshot.Settings.RetryFailed ? execution.Snapshot.Settings.MaxRetries : 0);

    /// <summary>
    /// Whether the id is one of its recipients': another installation that shares the provider's number counts its
    /// executions from 1, too, and its receipts may reach us.
    /// </summary>
    public bool Has(RecipientId id) => RecipientId.Create(Number, id.Ordinal, CreatedAt) == id;
}
