using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

namespace FlowDispatch.EntityFramework.Contacts;

/// <summary>Which contacts a page of a listing has; how their rows are read is the provider's.</summary>
internal static class ContactListing
{
    /// <summary>The ids of a page, by id, one more where there is a next page, and how many contacts there are in all.</summary>
    public static async Task<(List<Guid> Ids, int Total)> IdsAsync(
        StoreSession session, string organizationId, string? text, string? tag, PageRequest page, CancellationToken cancellationToken)
    {
        var contacts = session.Context.Set<ContactEntity>().AsNoTracking().Where(c => c.OrganizationId == organizationId && c.DeletedAt == null);
        if (tag is not null)
        {
            contacts = contacts.Where(c => c.Tags.Contains(tag));
        }

        Guid? after = page.Cursor is null ? null : Guid.Parse(page.Cursor);
        var skip = page.Cursor is null ? page.Offset : 0;
        if (text is not null)
        {
            return await SearchAsync(contacts, text, page, after, skip, cancellationToken).ConfigureAwait(false);
        }

        var ordered = contacts.OrderBy(c => c.Id).AsQueryable();
        if (after is { } from)
        {
            ordered = contacts.Where(c => c.Id.CompareTo(from) > 0).OrderBy(c => c.Id);
        }

        return (
            await ordered.Select(c => c.Id).Skip(skip).Take(page.Size + 1).ToListAsync(cancellationToken).ConfigureAwait(false),
            await contacts.CountAsync(cancellationToken).ConfigureAwait(false));
    }

    // Case is ignored as .NET ignores it, which databases do in their own ways: so names are looked through here.
    private static async Task<(List<Guid> Ids, int Total)> SearchAsync(
        IQueryable<ContactEntity> contacts, string text, PageRequest page, Guid? after, int skip, CancellationToken cancellationToken)
    {
        var (total, seen) = (0, 0);
        var ids = new List<Guid>();
        var all = contacts.OrderBy(c => c.Id).Select(c => new { c.Id, c.Number, c.Name, c.Email }).AsAsyncEnumerable();
        await foreach (var contact in all.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!Contains(contact.Number) && !Contains(contact.Name) && !Contains(contact.Email))
            {
                continue;
            }

            total++;
            if ((after is null || contact.Id.CompareTo(after.Value) > 0) && seen++ >= skip && ids.Count <= page.Size)
            {
                ids.Add(contact.Id);
            }
        }

        return (ids, total);

        bool Contains(string? value) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) is true;
    }
}
