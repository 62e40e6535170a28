using FlowDispatch.Storage;

namespace FlowDispatch.EntityFramework.Inbox;

/// <summary>Of entries that are consumed or put off, those that came in packs: by pack.</summary>
internal sealed class PackedEntries
{
    private readonly SortedDictionary<long, HashSet<long>> _ids = [];

    public PackedEntries(IEnumerable<long> entries)
    {
        foreach (var id in entries.Where(ReceiptPack.IsPacked))
        {
            var number = ReceiptPack.NumberOf(id);
            if (!_ids.TryGetValue(number, out var ids))
            {
                _ids[number] = ids = [];
            }

            ids.Add(id);
        }
    }

    /// <summary>The packs' numbers, ascending.</summary>
    public long[] Numbers => [.. _ids.Keys];

    /// <summary>How many of each are named, in the same order.</summary>
    public int[] Counts => [.. _ids.Values.Select(ids => ids.Count)];

    public bool Names(long id) => _ids.TryGetValue(ReceiptPack.NumberOf(id), out var ids) && ids.Contains(id);
}
