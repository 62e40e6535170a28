using BenchmarkDotNet.Attributes;
using FlowDispatch.Templating;

namespace FlowDispatch.Benchmarks.Templating;

/// <summary>Resolving the variables of one person, mapping compiled once.</summary>
[MemoryDiagnoser]
public class VariableBenchmarks
{
    private readonly VariableScope _scope = new() { Contact = SamplePeople.Contact(1) };
    private VariableMapping? _mapping;

    /// <summary>One variable of the sample mapping, or all five.</summary>
    [Params("a", "b", "c", "filters", "if", "all")]
    public string Workload { get; set; } = "all";

    /// <summary>Compiles the mapping.</summary>
    [GlobalSetup]
    public void Compile() => _mapping = VariableMapping.Compile(
        SamplePeople.Mapping(Workload == "all" ? SamplePeople.Templates.Keys : [Workload]),
        new LiquidTemplateEngine(new TemplateOptions(), TimeProvider.System));

    /// <summary>What planning does for each recipient.</summary>
    [Benchmark]
    public ResolvedVariables Resolve() => _mapping!.Resolve(_scope);
}
