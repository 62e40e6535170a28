using FlowDispatch.Contacts;

namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>What is kept of an organization's erased contacts, by their numbers' digests.</summary>
/// <param name="session">The transaction.</param>
/// <param name="organizationId">The tenant.</param>
internal sealed class SqliteErased(SqliteSession session, string organizationId)
{
    private string? _key;
    private bool _read;

    // Most organizations have erased nobody: then a number costs nothing.
    private string? Key
    {
        get
        {
            if (!_read)
            {
                using var row = session["SELECT key FROM fd_digest_keys WHERE organization_id = $1"].Read(organizationId);
                (_key, _read) = (row.Read() ? row.Text(0) : null, true);
            }

            return _key;
        }
    }

    /// <summary>A contact that got a number new to it, as what is kept of an erased one with that number wants it.</summary>
    public Contact Apply(Contact contact, DateTimeOffset now) => Key is { } key
        && (int)session["SELECT kept FROM fd_erased WHERE organization_id = $1 AND digest = $2"].Number(organizationId, NumberDigest.Of(key, contact.WhatsAppId)) is var code and not 0
            ? KeptSuppression.FromCode(code).ApplyTo(contact, now)
            : contact;

    /// <summary>Keeps of a contact that is erased what must be kept, or forgets what was.</summary>
    public void Keep(Contact erased)
    {
        session["INSERT INTO fd_digest_keys (organization_id, key) VALUES ($1, $2) ON CONFLICT (organization_id) DO NOTHING"].Run(organizationId, NumberDigest.NewKey());
        var digest = NumberDigest.Of(Key!, erased.WhatsAppId);
        if (KeptSuppression.Of(erased) is { IsNone: false } kept)
        {
            session["""
                INSERT INTO fd_erased (organization_id, digest, kept) VALUES ($1, $2, $3)
                ON CONFLICT (organization_id, digest) DO UPDATE SET kept = excluded.kept
                """].Run(organizationId, digest, kept.Code);
        }
        else
        {
            session["DELETE FROM fd_erased WHERE organization_id = $1 AND digest = $2"].Run(organizationId, digest);
        }
    }
}
