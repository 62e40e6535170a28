using FlowDispatch.Templating;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>A part of what <c>eng/FlowDispatch.Fuzz</c> does a million times.</summary>
public sealed class FuzzTests
{
    private const int Seeds = 20_000;

    // A sixth of what threads of the pool have: what would overflow it there overflows it here sooner.
    private const int SmallStack = 256 * 1_024;

    [Fact]
    public void Every_template_prints_within_bounds_or_is_refused_with_a_place()
    {
        var engine = Some.Engine(TemplateFuzz.Configure);
        var outcomes = new int[3];
        var broken = new List<string>();
        var thread = new Thread(() => Work(engine, outcomes, broken), SmallStack);
        thread.Start();
        thread.Join();

        Assert.Empty(broken);
        Assert.All(outcomes, n => Assert.InRange(n, Seeds / 50, Seeds)); // enough of every kind
    }

    private static void Work(ITemplateEngine engine, int[] outcomes, List<string> broken)
    {
        for (var seed = 0; seed < Seeds && broken.Count < 5; seed++)
        {
            try
            {
                outcomes[(int)TemplateFuzz.Try(engine, seed)]++;
            }
            catch (Exception mistake)
            {
                broken.Add($"Seed {seed}: {mistake}");
            }
        }
    }
}
