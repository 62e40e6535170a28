namespace FlowDispatch.Storage;

/// <summary>Which page of a listing is wanted: by number, or behind a cursor.</summary>
/// <param name="Size">1 to 500.</param>
/// <param name="Number">From 1; ignored with a cursor.</param>
/// <param name="Cursor">What <see cref="Page{T}.NextCursor"/> said; null for a page by number.</param>
public sealed record PageRequest(int Size = 100, int Number = 1, string? Cursor = null)
{
    /// <summary>The rows before this page, where it is asked for by number.</summary>
    public int Offset => (int)Math.Min((long)(Number - 1) * Size, int.MaxValue);
}
