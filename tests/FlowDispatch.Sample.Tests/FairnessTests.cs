using System.Diagnostics;

namespace FlowDispatch.Sample.Tests;

[Collection<Alone>]
public sealed class FairnessTests
{
    [Theory]
    [InlineData(80)] // the channel is what both runs want
    [InlineData(1_000)] // the slots and the machine are
    public async Task Ten_people_are_sent_to_within_seconds_behind_a_hundred_thousand(int messagesPerSecond)
    {
        const int Many = 100_000;
        await using var run = await SeparateProvider.StartAsync(new { latency_ms = new { min = 20, max = 20 } }, messagesPerSecond);
        var big = await run.RunAsync(Many);
        await run.TakenAsync(100);

        var started = Stopwatch.GetTimestamp();
        var small = await run.RunAsync(10, first: Many);
        await run.UntilAsync(() => run.ExecutionAsync(small), e => e.GetProperty("status").GetString() == "completed", "the small run is completed");
        var took = Stopwatch.GetElapsedTime(started);

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal("running", (await run.ExecutionAsync(big)).GetProperty("status").GetString());
        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalSeconds:0.0} s");
    }
}
