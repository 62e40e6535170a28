namespace FlowDispatch.Automations;

/// <summary>What to send, from where, to whom, with what, when and how fast.</summary>
public sealed record Automation
{
    /// <summary>The automation's id.</summary>
    public required AutomationId Id { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required AutomationStatus Status { get; init; }

    /// <summary>Everything that an execution freezes when it starts.</summary>
    public required AutomationSettings Settings { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When anything of it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
