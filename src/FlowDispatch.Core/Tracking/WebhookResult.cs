namespace FlowDispatch.Tracking;

/// <summary>What a provider's call turned out to be.</summary>
public abstract record WebhookResult
{
    private WebhookResult()
    {
    }

    /// <summary>The signature is missing or wrong, or nothing is configured to check it with: answer 401 and change nothing.</summary>
    public sealed record Refused : WebhookResult;

    /// <summary>The signature is right, but the body is not what the provider documents (no JSON): answer 400.</summary>
    public sealed record Malformed : WebhookResult;

    /// <summary>Genuine. Answer 200 only once <paramref name="Events"/> are durable: what is acknowledged never comes again.</summary>
    /// <param name="Events">In the order of the body, which need not be the order of events; repetitions are not filtered. May be empty.</param>
    /// <param name="Ignored">How many parts were of an unknown kind or not about a channel of ours.</param>
    public sealed record Received(IReadOnlyList<InboundEvent> Events, int Ignored) : WebhookResult;
}
