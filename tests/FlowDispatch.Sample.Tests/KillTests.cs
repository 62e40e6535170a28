using System.Globalization;
using FlowDispatch.CrashRun;

namespace FlowDispatch.Sample.Tests;

/// <summary>The crash run of <c>eng/FlowDispatch.CrashRun</c>, short.</summary>
public sealed class KillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Killed_five_times_it_sends_to_each_of_a_thousand_people_exactly_once() => await AssertHoldsAsync(new()
    {
        Patience = Patience,
        People = 1_000,
        Kills = 5,
        MessagesPerSecond = 100,
        TransientErrors = 0, // their retries come a minute later
        Deadline = TimeSpan.FromSeconds(15),
        Seed = 1,
    });

    [Fact]
    public async Task Killed_under_the_default_policy_it_sends_to_nobody_twice_and_shows_whom_it_is_in_doubt_about() => await AssertHoldsAsync(new()
    {
        Patience = Patience,
        People = 400,
        Kills = 3,
        Repeat = false,
        MessagesPerSecond = 100,
        TransientErrors = 0,
        Deadline = TimeSpan.FromSeconds(6),
        Seed = 2,
    });

    private static async Task AssertHoldsAsync(RunOptions options)
    {
        using var log = new StringWriter(CultureInfo.InvariantCulture);
        var verdict = await new KilledRun(options, TimeProvider.System, log).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(verdict.Problems.Count == 0, $"{string.Join('\n', verdict.Problems)}\n{log}\n{verdict.Table}");
    }
}
