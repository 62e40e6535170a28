namespace FlowDispatch.Redis;

internal static class Bounds
{
    /// <summary>Refuses a list that is longer than a member takes.</summary>
    public static void AtMost(int count, int most, string name)
    {
        if (count > most)
        {
            throw new ArgumentOutOfRangeException(name, count, $"{name} has {count} items; at most {most} are taken at once.");
        }
    }
}
