namespace FlowDispatch.Sample.Simulator;

/// <summary>What <c>GET /_simulator/stats</c> tells. All but refusals, webhooks and those in flight outlive a restart.</summary>
internal sealed record SimulatorStats
{
    public long Accepted { get; set; }

    public long UniqueRecipients { get; set; }

    /// <summary>People who got more than one message.</summary>
    public long RepeatedRecipients { get; set; }

    public long Refused { get; set; }

    /// <summary>The most requests with a message that waited for their answers at one time, whoever sent them.</summary>
    public long MostInFlight { get; set; }

    public long LostAnswers { get; set; }

    /// <summary>Replies of people, injected by the control API.</summary>
    public long Replies { get; set; }

    /// <summary>Receipts and replies that the receiver has yet to take.</summary>
    public long ReceiptsOwed { get; set; }

    public long ReceiptsDelivered { get; set; }

    /// <summary>Owed for so long that they never come any more; after a restart they count as delivered.</summary>
    public long ReceiptsGivenUp { get; set; }

    public long WebhooksSent { get; set; }

    public long WebhooksFailed { get; set; }
}
