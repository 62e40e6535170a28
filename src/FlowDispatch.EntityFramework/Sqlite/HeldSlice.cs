namespace FlowDispatch.EntityFramework.Sqlite;

/// <summary>A slice that a lease holds, while a commit moves on in it.</summary>
internal sealed class HeldSlice(long key, int count, int position)
{
    private readonly int startedAt = position;

    public long Key { get; } = key;

    public int Position { get; private set; } = position;

    /// <summary>True when the commit answered somebody of it, so that it may be finished with.</summary>
    public bool Answered { get; set; }

    public bool Moved => Position != startedAt;

    public bool Passed => Position >= count;

    public bool Contains(long recipient) => recipient >= Key && recipient < Key + count;

    public void Pass(long recipient) => Position = Math.Max(Position, (int)(recipient - Key) + 1);
}
