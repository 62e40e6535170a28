namespace FlowDispatch.Tests.Limits;

public sealed class PermitModelTests
{
    public static TheoryData<int, bool, int> Rates
    {
        get
        {
            var data = new TheoryData<int, bool, int>();
            foreach (var nodes in (int[])[1, 2, 8])
            {
                foreach (var perHour in (int[])[1, 2, 7, 100, 18_000, 1_000_000])
                {
                    data.Add(perHour, true, nodes);
                }

                foreach (var perSecond in (int[])[1, 3, 80, 1_000])
                {
                    data.Add(perSecond, false, nodes);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Whatever_goes_wrong_no_rolling_period_holds_more_than_its_rate(int rate, bool perHour, int nodes)
    {
        // Longer than a period for the fastest, and so often that the slow ones meet as much.
        var runs = Math.Clamp(50_000 / rate, 1, 100);
        var periods = Math.Max(1.2, 300.0 / rate);
        var used = 0;
        for (var seed = 1; seed <= runs; seed++)
        {
            used += await HandOversAsync(new(nodes, rate, perHour, seed, PermitWorld.Mood.Rough), rate, periods);
        }

        Assert.InRange(used / (runs * periods * rate), 0.25, 1);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task As_early_or_as_late_as_every_permit_allows_no_rolling_period_holds_more_than_its_rate(int rate, bool perHour, int nodes)
    {
        var periods = Math.Max(perHour ? 1.2 : 30, 3_000.0 / rate);

        var used = await HandOversAsync(new(nodes, rate, perHour, seed: 1, PermitWorld.Mood.Tight), rate, periods);

        Assert.InRange(used / (periods * Allowed(rate, perHour)), 0.99, 1.01);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public async Task Undisturbed_nodes_use_what_the_spacing_allows(int rate, bool perHour, int nodes)
    {
        var periods = Math.Max(0.1, 300.0 / rate);

        var used = await HandOversAsync(new(nodes, rate, perHour, seed: 1, PermitWorld.Mood.Calm), rate, periods);

        Assert.InRange(used / (periods * Allowed(rate, perHour)), 0.99, 1.01);
    }

    // Permits lie (period + validity) / rate apart, so this is what a period brings.
    private static double Allowed(int rate, bool perHour) => perHour ? rate * (3_600 / 3_601.0) : rate / 1.1;

    private static async Task<int> HandOversAsync(PermitWorld world, int rate, double periods)
    {
        var instants = await world.RunAsync((long)(periods * world.Period));
        for (var i = 0; i + rate < instants.Count; i++)
        {
            // Half-open: one that comes exactly a period after another is in the next.
            if (instants[i + rate] - instants[i] < world.Period)
            {
                Assert.Fail($"{world}: {rate + 1} within {instants[i + rate] - instants[i]} ns from {instants[i]} ns on.");
            }
        }

        return instants.Count;
    }
}
