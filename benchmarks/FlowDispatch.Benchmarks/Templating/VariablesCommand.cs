using FlowDispatch.Templating;

namespace FlowDispatch.Benchmarks.Templating;

/// <summary><c>variables --bench</c>: each workload alone, then the mapping of all five for a million people.</summary>
internal static class VariablesCommand
{
    private const int Million = 1_000_000;
    private const int People = 1_024;

    public static void Run()
    {
        var engine = new LiquidTemplateEngine(new TemplateOptions(), TimeProvider.System);
        var scopes = Enumerable.Range(0, People).Select(Scope).ToArray();
        foreach (var workload in SamplePeople.Templates.Keys)
        {
            var mapping = VariableMapping.Compile(SamplePeople.Mapping(workload), engine);
            JsonLine.Print(RenderTimer.Median(workload, mapping, scopes));
        }

        JsonLine.Print(RenderTimer.Distinct("d", VariableMapping.Compile(SamplePeople.Mapping(SamplePeople.Templates.Keys), engine), Million, SamplePeople.Contact));
    }

    private static VariableScope Scope(int number) => new() { Contact = SamplePeople.Contact(number) };
}
