using System.Globalization;
using System.Linq.Expressions;
using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework;

/// <summary>Pages by number or cursor, alike in all listings. Queries fetch one row more than a page to see whether it is the last.</summary>
internal static class Paging
{
    /// <summary>Newest first by a number that the table counts up; the cursor is the last number of the page before.</summary>
    public static IQueryable<T> NewestFirst<T>(IQueryable<T> all, Expression<Func<T, int>> number, PageRequest page)
    {
        if (page.Cursor is null)
        {
            return all.OrderByDescending(number).Skip(page.Offset).Take(page.Size + 1);
        }

        var before = Cursor(page.Cursor);
        var older = Expression.Lambda<Func<T, bool>>(Expression.LessThan(number.Body, Expression.Constant(before)), number.Parameters);
        return all.Where(older).OrderByDescending(number).Take(page.Size + 1);
    }

    public static Page<TItem> Page<TRow, TItem>(List<TRow> rows, int total, PageRequest page, Func<TRow, TItem> item, Func<TRow, string> cursor)
    {
        var more = rows.Count > page.Size;
        if (more)
        {
            rows.RemoveAt(rows.Count - 1);
        }

        return new([.. rows.Select(item)], total, more ? cursor(rows[^1]) : null);
    }

    /// <summary>A cursor that is a number.</summary>
    /// <exception cref="FormatException">It is none: not one of ours.</exception>
    public static int Cursor(string cursor) => int.Parse(cursor, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
