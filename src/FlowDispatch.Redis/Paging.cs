using System.Globalization;
using FlowDispatch.Storage;

namespace FlowDispatch.Redis;

internal static class Paging
{
    /// <summary>A page of a listing that is short enough to be read whole.</summary>
    public static Page<T> Cut<T>(List<T> all, PageRequest page)
    {
        var offset = page.Cursor is null ? page.Offset : Cursor(page.Cursor);
        var next = (long)offset + page.Size;
        return new([.. all.Skip(offset).Take(page.Size)], all.Count, next < all.Count ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>A cursor that is a number.</summary>
    /// <exception cref="FormatException">It is none: not one of ours.</exception>
    public static int Cursor(string cursor) => int.Parse(cursor, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
