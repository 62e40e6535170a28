using FlowDispatch.Flows;

namespace FlowDispatch.Storage;

/// <summary>Keeps flows; every version stays.</summary>
public interface IFlowStore
{
    /// <summary>Keeps a new flow, version 1.</summary>
    Task CreateAsync(Flow flow, CancellationToken cancellationToken = default);

    /// <summary>Makes the next version of a flow that is not deleted; null when there is none.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The flow.</param>
    /// <param name="change">From the newest version to the next; the store numbers it. May run again.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    Task<Flow?> UpdateAsync(string organizationId, FlowId id, Func<Flow, Flow> change, CancellationToken cancellationToken = default);

    /// <summary>The newest version, or the one asked for; null when there is none or the flow is deleted.</summary>
    Task<Flow?> FindAsync(string organizationId, FlowId id, int? version = null, CancellationToken cancellationToken = default);

    /// <summary>The newest versions of flows that are not deleted, newest flow first.</summary>
    Task<Page<Flow>> ListAsync(string organizationId, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>All versions of a flow that is not deleted, newest first.</summary>
    Task<Page<Flow>> ListVersionsAsync(string organizationId, FlowId id, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Deletes a flow softly; false when there is none.</summary>
    Task<bool> DeleteAsync(string organizationId, FlowId id, DateTimeOffset at, CancellationToken cancellationToken = default);
}
