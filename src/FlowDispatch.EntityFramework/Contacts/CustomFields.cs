using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Contacts;

/// <summary>Finds custom fields by name; how they are written is the provider's.</summary>
internal static class CustomFields
{
    private const int MostNames = 1_000;

    public static async Task<CustomFieldNames> FindAsync(
        StoreSession session, string organizationId, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var all = session.Context.Set<CustomFieldEntity>().AsNoTracking().Where(f => f.OrganizationId == organizationId);
        var wanted = names.ToArray();
        return new(
            await all.Where(f => wanted.Contains(f.Name)).Select(f => f.Name).ToHashSetAsync(StringComparer.Ordinal, cancellationToken).ConfigureAwait(false),
            await all.OrderBy(f => f.Name).Take(MostNames).Select(f => f.Name).ToListAsync(cancellationToken).ConfigureAwait(false));
    }
}
