using BenchmarkDotNet.Attributes;
using FlowDispatch.Templating;

namespace FlowDispatch.Benchmarks.Templating;

/// <summary>Rendering a message's text from variables, template compiled once.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal) { ["name"] = "Ana", ["points"] = "17" };
    private readonly LiquidTemplateEngine _engine = new(new TemplateOptions(), TimeProvider.System);
    private ITemplate? _text;
    private ITemplate? _condition;

    /// <summary>Compiles the templates.</summary>
    [GlobalSetup]
    public void Compile()
    {
        _text = _engine.Parse("Hello {{name}}, you have {{points}} points.");
        _condition = _engine.Parse("Hello {{name}}{% if points == '17' %}, you have {{points}} points{% endif %}.");
    }

    /// <summary>Text and values.</summary>
    [Benchmark]
    public string Text() => _text!.Render(_variables);

    /// <summary>The same with a block.</summary>
    [Benchmark]
    public string Condition() => _condition!.Render(_variables);
}
