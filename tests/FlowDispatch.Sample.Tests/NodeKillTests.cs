namespace FlowDispatch.Sample.Tests;

/// <summary>One of two processes is killed in the middle of a run and never comes back.</summary>
public sealed class NodeKillTests
{
    [Theory]
    [InlineData("postgres", 0)]
    [InlineData("postgres", 1)]
    [InlineData("redis", 0)]
    [InlineData("redis", 1)]
    public async Task The_other_takes_its_people_over_loses_nobody_and_sends_to_nobody_twice(string store, int killed)
    {
        const int People = 300;
        var other = 1 - killed;
        await using var run = await SeparateProvider.StartAsync(
            new Nodes(store, 2, Receiver: other),
            new { latency_ms = new { min = 50, max = 150 }, lost_answers = 0.02, read = 0 },
            settings: [("Dispatch__MaxConcurrency", "8"), ("Dispatch__InDoubtGracePeriod", "00:00:03"), ("Dispatch__InDoubtDeadline", "00:00:06")]);
        var execution = await run.RunAsync(People, slots: 12);
        await run.TakenAsync(People / 4);
        await run.AllSendAsync();

        await run.Samples[killed].Process.KillAsync();
        var before = await run.LedgerAsync();

        Assert.InRange(before.Count, People / 4, People - 1); // it was in the middle
        await run.AssertEverybodyIsAccountedForAsync(execution, People);
    }
}
