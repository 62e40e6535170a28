namespace FlowDispatch.Templating.Liquid;

/// <summary>A compiled template: a constant, a path, or pieces that print themselves one after the other.</summary>
internal sealed class LiquidTemplate : ITemplate
{
    // A message's usual length, so that most are put together without borrowing.
    private const int UsualLength = 512;

    private readonly TemplateSource _source;
    private readonly TemplateOptions _options;
    private readonly TimeProvider _time;
    private readonly Piece[] _pieces;

    public LiquidTemplate(TemplateSource source, TemplateOptions options, TimeProvider time, Piece[] pieces, IReadOnlyList<TemplateReference> references, IReadOnlyList<TemplateFilter> filters)
    {
        (_source, _options, _time, _pieces) = (source, options, time, pieces);
        (References, Filters) = (references, filters);
        if (_pieces.All(p => TextOf(p) is not null))
        {
            Constant = string.Concat(_pieces.Select(TextOf));
        }
        else if (_pieces is [OutputPiece { Value: PathExpression { IsConstant: true } path }])
        {
            Path = path;
        }
    }

    public IReadOnlyList<TemplateReference> References { get; }

    public IReadOnlyList<TemplateFilter> Filters { get; }

    public int MaxOutputLength => _options.MaxOutputLength;

    /// <summary>What it always prints; null when that depends on variables.</summary>
    public string? Constant { get; }

    /// <summary>The one path that it prints, without a filter; null when it is anything else.</summary>
    public PathExpression? Path { get; }

    public string Render(IReadOnlyDictionary<string, object?> variables, ICollection<string>? missing = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var evaluation = new Evaluation(_source, _options, _time, variables);
        var text = Render(evaluation);
        if (missing is not null)
        {
            foreach (var path in evaluation.Missed ?? [])
            {
                MissingPaths.Add(missing, path);
            }
        }

        return text;
    }

    /// <summary>The text for a person, and the paths that were wanted and are nothing; null for none.</summary>
    public string Render(VariableScope scope, out IReadOnlyList<string>? missing)
    {
        var evaluation = new Evaluation(_source, _options, _time, scope);
        var text = Render(evaluation);
        missing = evaluation.Missed;
        return text;
    }

    private static string? TextOf(Piece piece) => piece switch
    {
        TextPiece text => text.Text,
        OutputPiece { Value: LiteralExpression { Value: string text } } => text,
        _ => null,
    };

    private string Render(Evaluation evaluation)
    {
        if (Constant is not null)
        {
            evaluation.Allow(Constant.Length);
            return Constant;
        }

        var text = new PrintedText(evaluation, stackalloc char[UsualLength]);
        try
        {
            Piece.Print(_pieces, evaluation, ref text);
            return text.End();
        }
        finally
        {
            text.Dispose();
        }
    }
}
