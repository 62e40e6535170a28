using FlowDispatch.Contacts;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Retention;

/// <summary>What was found kept of erased contacts' numbers, and how a script sees whether it is still so.</summary>
/// <param name="Suppressions">By number; of those left out nothing is kept.</param>
/// <param name="Seen">The key of the digests (empty where nobody was erased), then each digest and what is kept under it; nothing where no number was asked about.</param>
internal sealed record KeptNumbers(IReadOnlyDictionary<string, KeptSuppression> Suppressions, List<RedisValue> Seen)
{
    /// <summary>No number was asked about.</summary>
    public static KeptNumbers None { get; } = new(new Dictionary<string, KeptSuppression>(StringComparer.Ordinal), []);

    /// <summary>What is kept of a number.</summary>
    public KeptSuppression Of(string number) => Suppressions.GetValueOrDefault(number);
}
