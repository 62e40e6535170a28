namespace FlowDispatch.EntityFramework;

/// <summary>
/// A parent's number and a place in it as one integer: SQLite keeps rows in the order of an integer key and finds them
/// without a second index, so a slice is a range of neighbours.
/// </summary>
internal static class PackedKey
{
    public static long Of(int parent, int place) => ((long)parent << 32) | (uint)place;

    public static int Parent(long key) => (int)(key >> 32);

    public static int Place(long key) => (int)(key & int.MaxValue);

    /// <summary>The first key and the last that a parent can have.</summary>
    public static (long First, long Last) Range(int parent) => (Of(parent, 0), Of(parent, int.MaxValue));

    /// <summary>Keys in order as runs of neighbours: the first and the last of each.</summary>
    public static (long[] First, long[] Last) Runs(long[] keys)
    {
        var (first, last) = (new List<long>(), new List<long>());
        foreach (var key in keys)
        {
            if (last.Count > 0 && key <= last[^1] + 1)
            {
                last[^1] = key;
            }
            else
            {
                first.Add(key);
                last.Add(key);
            }
        }

        return ([.. first], [.. last]);
    }
}
