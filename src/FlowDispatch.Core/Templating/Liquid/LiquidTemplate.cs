namespace FlowDispatch.Templating.Liquid;

/// <summary>A compiled template. Text and outputs are printed directly; blocks need the runtime.</summary>
internal sealed class LiquidTemplate : ITemplate
{
    private readonly TemplateSource _source;
    private readonly TemplateOptions _options;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<OutputExpression> _outputs;
    private readonly BlockRuntime? _runtime;

    public LiquidTemplate(TemplateSource source, TemplateOptions options, TimeProvider time, BlockScript script, IReadOnlyList<TemplateReference> references)
    {
        (_source, _options, _time, _outputs, References) = (source, options, time, script.Outputs, references);
        if (script.HasBlocks)
        {
            _runtime = new(script);
        }
        else if (_outputs.All(o => o.Value is LiteralExpression { Value: string }))
        {
            Constant = string.Concat(_outputs.Select(o => ((LiteralExpression)o.Value).Value));
        }
        else if (_outputs is [{ Value: PathExpression { IsConstant: true } path }])
        {
            Path = path;
        }
    }

    public IReadOnlyList<TemplateReference> References { get; }

    public int MaxOutputLength => _options.MaxOutputLength;

    /// <summary>What it always prints; null when that depends on variables.</summary>
    public string? Constant { get; }

    /// <summary>The one path that it prints, without a filter; null when it is anything else.</summary>
    public PathExpression? Path { get; }

    public string Render(IReadOnlyDictionary<string, object?> variables, ICollection<string>? missing = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var evaluation = NewEvaluation(variables, missing);
        if (Constant is not null)
        {
            evaluation.Allow(Constant.Length);
            return Constant;
        }

        return _runtime is not null ? _runtime.Run(evaluation) : Print(evaluation);
    }

    /// <summary>A rendering of this template, for those who print its <see cref="Path"/> themselves.</summary>
    public Evaluation NewEvaluation(IReadOnlyDictionary<string, object?> variables, ICollection<string>? missing) =>
        new(_source, _options, _time, variables, missing);

    private string Print(Evaluation evaluation)
    {
        if (_outputs.Count == 1)
        {
            return _outputs[0].Print(evaluation);
        }

        var parts = new string[_outputs.Count];
        var length = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = _outputs[i].Print(evaluation);
            length += parts[i].Length;
            evaluation.Allow(length);
        }

        return string.Concat(parts);
    }
}
