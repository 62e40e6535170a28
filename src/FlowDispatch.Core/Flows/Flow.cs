namespace FlowDispatch.Flows;

/// <summary>One version of a flow: what is said, as a graph of nodes that begins at its start node.</summary>
public sealed record Flow
{
    /// <summary>The flow's id, the same for all versions.</summary>
    public required FlowId Id { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>What operators call it, 1 to 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>From 1; every change makes a new one.</summary>
    public required int Version { get; init; }

    /// <summary>The nodes in the order written.</summary>
    public required IReadOnlyList<FlowNode> Nodes { get; init; }

    /// <summary>When the flow was first made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When this version was made.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the flow was deleted (softly: running executions keep their copy); null while it is not.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
}
