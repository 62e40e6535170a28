using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Retention;

/// <summary>What is kept of an organization's erased contacts, by their numbers' digests; in the organization's slot.</summary>
internal sealed class ErasedNumbers(RedisConnection connection)
{
    /// <summary>What is kept of these numbers; most organizations have erased nobody.</summary>
    public async Task<KeptNumbers> FindAsync(string organizationId, IReadOnlyCollection<string> numbers)
    {
        if (numbers.Count == 0)
        {
            return KeptNumbers.None;
        }

        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        if ((await database.StringGetAsync(KeyOf(organizationId)).ConfigureAwait(false)).ToString() is not { Length: > 0 } key)
        {
            return KeptNumbers.None with { Seen = [RedisValue.EmptyString] };
        }

        var all = numbers.Distinct(StringComparer.Ordinal).ToList();
        var digests = all.ConvertAll(n => (RedisValue)NumberDigest.Of(key, n));
        var kept = await database.HashGetAsync(Root(organizationId).Append("erased"), [.. digests]).ConfigureAwait(false);
        return new(
            all.Zip(kept).Where(k => !k.Second.IsNull).ToDictionary(k => k.First, k => KeptSuppression.FromCode((int)k.Second), StringComparer.Ordinal),
            [key, .. digests.Zip(kept).SelectMany(k => new[] { k.First, k.Second.IsNull ? RedisValue.EmptyString : k.Second })]);
    }

    /// <summary>The digest of a number, by a key that is made where there is none yet.</summary>
    public async Task<string> DigestAsync(string organizationId, string number)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        await database.StringSetAsync(KeyOf(organizationId), NumberDigest.NewKey(), when: When.NotExists).ConfigureAwait(false);
        return NumberDigest.Of((await database.StringGetAsync(KeyOf(organizationId)).ConfigureAwait(false)).ToString(), number);
    }

    private RedisKey Root(string organizationId) => connection.Root("o:" + organizationId);

    private RedisKey KeyOf(string organizationId) => Root(organizationId).Append("digest_key");
}
