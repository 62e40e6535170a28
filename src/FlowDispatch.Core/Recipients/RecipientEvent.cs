namespace FlowDispatch.Recipients;

/// <summary>One entry of a recipient's history that its row alone does not tell.</summary>
public sealed record RecipientEvent
{
    /// <summary>What happened.</summary>
    public required RecipientEventKind Kind { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The attempt it belongs to, from 1; 0 where it belongs to none.</summary>
    public int Attempt { get; init; }

    /// <summary>The code of an error or a reason.</summary>
    public string? Code { get; init; }

    /// <summary>In words.</summary>
    public string? Message { get; init; }

    /// <summary>The provider's id of the message concerned.</summary>
    public string? ProviderMessageId { get; init; }
}
