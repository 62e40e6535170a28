using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Executions;

/// <summary>Answers kept under their requests' keys, within the transaction of what they answered.</summary>
internal static class Idempotency
{
    public static IdempotencyEntity? Find(FlowDispatchDbContext context, string organizationId, string key, DateTimeOffset now)
    {
        var since = now - IdempotencyEntry.Lifetime;
        return context.Set<IdempotencyEntity>().SingleOrDefault(i => i.OrganizationId == organizationId && i.Key == key && i.CreatedAt > since);
    }

    /// <summary>Adds the entry to what will be saved; or answers the one that has the key already.</summary>
    public static IdempotencyEntry? Keep(FlowDispatchDbContext context, string organizationId, IdempotencyEntry entry)
    {
        if (Find(context, organizationId, entry.Key, entry.CreatedAt) is { } existing)
        {
            return existing.ToEntry();
        }

        // Whatever is too old makes room, this key's own last entry among it.
        var since = entry.CreatedAt - IdempotencyEntry.Lifetime;
        context.Set<IdempotencyEntity>().Where(i => i.CreatedAt <= since).ExecuteDelete();
        context.Add(IdempotencyEntity.From(organizationId, entry));
        return null;
    }
}
