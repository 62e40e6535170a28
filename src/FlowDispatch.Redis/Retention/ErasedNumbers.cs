using FlowDispatch.Contacts;
using FlowDispatch.Redis.Connection;
using StackExchange.Redis;

namespace FlowDispatch.Redis.Retention;

/// <summary>What is kept of an organization's erased contacts, by their numbers' digests; in the organization's slot.</summary>
internal sealed class ErasedNumbers(RedisConnection connection)
{
    /// <summary>What is kept of these numbers; those of which nothing is are left out, and most organizations have erased nobody.</summary>
    public async Task<Dictionary<string, KeptSuppression>> FindAsync(string organizationId, IReadOnlyCollection<string> numbers)
    {
        var database = await connection.DatabaseAsync().ConfigureAwait(false);
        if (numbers.Count == 0 || (await database.StringGetAsync(KeyOf(organizationId)).ConfigureAwait(false)).ToString() is not { Length: > 0 } key)
        {
            return [];
        }

        var all = numbers.Distinct(StringComparer.Ordinal).ToList();
        var kept = await database.HashGetAsync(Root(organizationId).Append("erased"), [.. all.Select(n => (RedisValue)NumberDigest.Of(key, n))]).ConfigureAwait(false);
        return all.Zip(kept).Where(k => !k.Second.IsNull).ToDictionary(k => k.First, k => KeptSuppression.FromCode((int)k.Second), StringComparer.Ordinal);
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
