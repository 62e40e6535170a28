namespace FlowDispatch.Tracking;

/// <summary>Checks and reads what one provider calls us back with. Knows no HTTP server: the endpoint hands it what came in.</summary>
public interface IWebhookReceiver
{
    /// <summary>The last part of its address, in lower case, like <c>whatsapp</c>.</summary>
    string Name { get; }

    /// <summary>Answers the provider's question whether this address is ours.</summary>
    /// <param name="query">The query's values by name.</param>
    /// <returns>What to answer with 200 as plain text; null refuses with 403.</returns>
    string? Verify(IReadOnlyDictionary<string, string> query);

    /// <summary>Checks the signature of one call and reads what it tells. Changes nothing; never throws on what a provider may send.</summary>
    /// <param name="headers">The call's headers; names are compared without regard to case.</param>
    /// <param name="body">The bytes exactly as they came: the signature is over them, not over their meaning.</param>
    WebhookResult Receive(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body);
}
