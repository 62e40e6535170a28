using FlowDispatch.Contacts;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>What is kept of an organization's erased contacts, by their numbers' digests.</summary>
internal static class PostgresErased
{
    internal const string Kept = "SELECT digest, kept FROM fd_erased WHERE organization_id = $1 AND digest = ANY($2)";

    private const string KeyOf = "SELECT key FROM fd_digest_keys WHERE organization_id = $1";

    /// <summary>What is kept of these numbers; those of which nothing is are left out, and most organizations have erased nobody.</summary>
    public static async Task<Dictionary<string, KeptSuppression>> FindAsync(
        PostgresSession session, string organizationId, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken)
    {
        if (numbers.Count == 0 || (await session.ReadAsync(KeyOf, row => row.GetString(0), cancellationToken, organizationId).ConfigureAwait(false)) is not [var key])
        {
            return [];
        }

        var digests = numbers.Distinct(StringComparer.Ordinal).ToDictionary(number => number, number => NumberDigest.Of(key, number), StringComparer.Ordinal);
        var kept = (await session.ReadAsync(
            Kept, row => (Digest: row.GetString(0), Code: row.GetInt32(1)), cancellationToken,
            organizationId, digests.Values.Distinct(StringComparer.Ordinal).Select(d => (string?)d).ToArray()).ConfigureAwait(false))
            .ToDictionary(k => k.Digest, k => KeptSuppression.FromCode(k.Code), StringComparer.Ordinal);
        return digests.Where(d => kept.ContainsKey(d.Value)).ToDictionary(d => d.Key, d => kept[d.Value], StringComparer.Ordinal);
    }

    /// <summary>Keeps of a contact that is erased what must be kept, or forgets what was.</summary>
    public static async Task KeepAsync(PostgresSession session, Contact erased, CancellationToken cancellationToken)
    {
        var organization = erased.OrganizationId;
        await session.RunAsync(
            "INSERT INTO fd_digest_keys (organization_id, key) VALUES ($1, $2) ON CONFLICT (organization_id) DO NOTHING", cancellationToken, organization, NumberDigest.NewKey()).ConfigureAwait(false);
        var key = (await session.ReadAsync(KeyOf, row => row.GetString(0), cancellationToken, organization).ConfigureAwait(false)).Single();
        var digest = NumberDigest.Of(key, erased.WhatsAppId);
        await (KeptSuppression.Of(erased) is { IsNone: false } kept
            ? session.RunAsync(
                """
                INSERT INTO fd_erased (organization_id, digest, kept) VALUES ($1, $2, $3)
                ON CONFLICT (organization_id, digest) DO UPDATE SET kept = excluded.kept
                """,
                cancellationToken, organization, digest, kept.Code)
            : session.RunAsync("DELETE FROM fd_erased WHERE organization_id = $1 AND digest = $2", cancellationToken, organization, digest)).ConfigureAwait(false);
    }
}
