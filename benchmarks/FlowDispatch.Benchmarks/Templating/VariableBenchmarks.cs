using BenchmarkDotNet.Attributes;
using FlowDispatch.Contacts;
using FlowDispatch.Templating;

namespace FlowDispatch.Benchmarks.Templating;

/// <summary>Rendering the variables of one person, templates compiled once, beside Handlebars.Net.</summary>
[MemoryDiagnoser]
public class VariableBenchmarks
{
    private readonly Contact _contact = SamplePeople.Contact(151);
    private VariableMapping? _mapping;
    private VariableScope? _scope;
    private HandlebarsPeer? _handlebars;
    private object? _person;
    private string[] _values = [];
    private List<string>? _missing;

    /// <summary>One variable of the sample mapping, or all five.</summary>
    [Params("a", "b", "c", "filters", "if", "all")]
    public string Workload { get; set; } = "all";

    /// <summary>Compiles the templates.</summary>
    [GlobalSetup]
    public void Compile()
    {
        var workloads = Workload == "all" ? SamplePeople.Templates.Keys : [Workload];
        _mapping = VariableMapping.Compile(SamplePeople.Mapping(workloads), new LiquidTemplateEngine(new TemplateOptions(), TimeProvider.System));
        _values = new string[_mapping.Names.Count];
        _scope = new() { Contact = _contact };
        _handlebars = new(workloads);
        _person = HandlebarsPeer.Person(_contact);
    }

    /// <summary>What planning does for each recipient, without keeping the result.</summary>
    [Benchmark(Baseline = true)]
    public string Render()
    {
        _mapping!.Resolve(_scope!, _values, ref _missing);
        return _values[0];
    }

    /// <summary>What planning does for each recipient.</summary>
    [Benchmark]
    public ResolvedVariables Resolve() => _mapping!.Resolve(_scope!);

    /// <summary>The same texts by Handlebars.Net.</summary>
    [Benchmark]
    public string Handlebars()
    {
        _handlebars!.Render(_person!, _values);
        return _values[0];
    }
}
