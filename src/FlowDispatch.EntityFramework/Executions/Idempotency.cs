using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Executions;

/// <summary>Answers kept under their requests' keys, within the transaction of what they answered.</summary>
internal static class Idempotency
{
    public static Task<IdempotencyEntity?> FindAsync(StoreSession session, string organizationId, string key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - IdempotencyEntry.Lifetime;
        return session.Context.Set<IdempotencyEntity>()
            .SingleOrDefaultAsync(i => i.OrganizationId == organizationId && i.Key == key && i.CreatedAt > since, cancellationToken);
    }

    /// <summary>Adds the entry to what will be saved; or answers the one that has the key already.</summary>
    public static async Task<IdempotencyEntry?> KeepAsync(StoreSession session, string organizationId, IdempotencyEntry entry, CancellationToken cancellationToken)
    {
        await session.LockAsync($"idempotency {organizationId} {entry.Key}", cancellationToken).ConfigureAwait(false);
        if (await FindAsync(session, organizationId, entry.Key, entry.CreatedAt, cancellationToken).ConfigureAwait(false) is { } existing)
        {
            return existing.ToEntry();
        }

        // Whatever is too old makes room, this key's own last entry among it.
        var since = entry.CreatedAt - IdempotencyEntry.Lifetime;
        await session.Context.Set<IdempotencyEntity>().Where(i => i.CreatedAt <= since).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        session.Context.Add(IdempotencyEntity.From(organizationId, entry));
        return null;
    }
}
