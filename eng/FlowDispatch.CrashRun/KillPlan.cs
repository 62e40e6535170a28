namespace FlowDispatch.CrashRun;

/// <summary>When the process is killed: a while after its start, or a while after so many people have been seen to.</summary>
/// <param name="People">Seen to at least: no longer pending. Null: counted from the start of the run or the process alone.</param>
/// <param name="Later">The while.</param>
internal sealed record KillMoment(int? People, TimeSpan Later)
{
    public override string ToString() =>
        People is { } people ? $"{Later.TotalMilliseconds:0} ms after {people} were seen to" : $"{Later.TotalMilliseconds:0} ms after the start";
}

/// <summary>Draws the moments. Most lie spread over the run; every fourth hits what has just begun: a run being planned, a process in its start, its recovery or its first sends.</summary>
internal static class KillPlan
{
    private const int OneIn = 4;
    private const int LongestStart = 4_000;
    private const int LongestWait = 600;

    public static IReadOnlyList<KillMoment> Draw(int kills, int people, int seed)
    {
        var random = new Random(seed);
        var spread = new Queue<int>(Enumerable.Range(0, kills).Select(_ => random.Next(people * 9 / 10)).Order());
        return [.. Enumerable.Range(0, kills).Select(kill => kill % OneIn == 0
            ? new KillMoment(null, TimeSpan.FromMilliseconds(random.Next(LongestStart)))
            : new KillMoment(spread.Dequeue(), TimeSpan.FromMilliseconds(random.Next(LongestWait))))];
    }
}
