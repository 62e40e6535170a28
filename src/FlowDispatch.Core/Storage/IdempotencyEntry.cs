namespace FlowDispatch.Storage;

/// <summary>What a request with an <c>Idempotency-Key</c> was answered; kept in the same write as what it made.</summary>
public sealed record IdempotencyEntry
{
    /// <summary>The key as the client sent it, with the route in front, unique in the organization.</summary>
    public required string Key { get; init; }

    /// <summary>A digest of route and body; the same key with another is refused.</summary>
    public required string RequestHash { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The body of the answer.</summary>
    public required string ResponseBody { get; init; }

    /// <summary>When it was kept; entries older than 24 hours count as gone.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long an answer is kept.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(24);
}
