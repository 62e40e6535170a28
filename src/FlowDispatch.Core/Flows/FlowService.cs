using FlowDispatch.Storage;
using FlowDispatch.Validation;

namespace FlowDispatch.Flows;

/// <summary>Makes and changes flows; nothing that can't be run is kept.</summary>
/// <param name="store">Where flows are kept.</param>
/// <param name="validator">Judges them.</param>
/// <param name="time">The clock.</param>
public sealed class FlowService(IStore store, FlowValidator validator, TimeProvider time)
{
    /// <summary>Keeps a new flow as version 1.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="name">1 to 255 characters.</param>
    /// <param name="nodes">The nodes in the order written.</param>
    /// <param name="cancellationToken">Gives up with nothing kept.</param>
    /// <exception cref="InvalidFieldsException">The flow can't be run as it is.</exception>
    public async Task<Flow> CreateAsync(string organizationId, string name, IReadOnlyList<FlowNode> nodes, CancellationToken cancellationToken = default)
    {
        Check(name, nodes);
        var now = time.GetUtcNow();
        var flow = new Flow
        {
            Id = FlowId.New(time),
            OrganizationId = organizationId,
            Name = name,
            Version = 1,
            Nodes = nodes,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await store.Flows.CreateAsync(flow, cancellationToken).ConfigureAwait(false);
        return flow;
    }

    /// <summary>Makes the next version of a flow; null when there is none. Executions that run keep theirs.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="id">The flow.</param>
    /// <param name="name">The new name; null keeps it.</param>
    /// <param name="nodes">The new nodes; null keeps them.</param>
    /// <param name="cancellationToken">Gives up with nothing changed.</param>
    /// <exception cref="InvalidFieldsException">The flow can't be run as it would be.</exception>
    public async Task<Flow?> UpdateAsync(
        string organizationId, FlowId id, string? name, IReadOnlyList<FlowNode>? nodes, CancellationToken cancellationToken = default)
    {
        Check(name, nodes);
        return await store.Flows.UpdateAsync(
            organizationId,
            id,
            flow => flow with { Name = name ?? flow.Name, Nodes = nodes ?? flow.Nodes, UpdatedAt = time.GetUtcNow() },
            cancellationToken).ConfigureAwait(false);
    }

    private void Check(string? name, IReadOnlyList<FlowNode>? nodes)
    {
        var errors = new FieldErrors();
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > 255))
        {
            errors.Add("name", "must have from 1 to 255 characters and not be blank.");
        }

        if (nodes is not null)
        {
            validator.Check(nodes, errors);
        }

        errors.ThrowIfAny();
    }
}
