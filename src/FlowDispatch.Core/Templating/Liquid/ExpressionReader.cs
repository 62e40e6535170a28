using FlowDispatch.Validation;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Reads the expressions of one output or tag, strictly: what it can't read whole, it refuses where it stops.</summary>
internal sealed class ExpressionReader(ExpressionCursor cursor, TemplateSource source, int maxNesting, Func<string, bool> isLocal)
{
    private static readonly string[] Operators = ["==", "!=", "<>", "<=", ">=", "<", ">"];

    private int _depth;

    public ExpressionCursor Cursor => cursor;

    /// <summary>Every path read, in the order written.</summary>
    public List<PathExpression> Paths { get; } = [];

    /// <summary>Every filter read, in the order written.</summary>
    public List<FilterCall> Filters { get; } = [];

    /// <summary>A value with its filters, to the end of the tag.</summary>
    /// <remarks>A value that it prints or keeps is wanted: unless it has a default, it is missing when it is nothing.</remarks>
    public Expression ReadFiltered()
    {
        var operand = ReadOperand();
        var calls = new List<FilterCall>();
        while (cursor.TrySymbol("|"))
        {
            calls.Add(ReadFilter());
        }

        cursor.ExpectEnd();
        if (!calls.Exists(c => c.Filter.Name == "default"))
        {
            foreach (var path in Paths.Where(p => !isLocal(p.Root)))
            {
                path.IsWanted = true;
            }
        }

        return calls.Count == 0 ? operand : new FilteredExpression(operand, [.. calls]);
    }

    /// <summary>A condition, to the end of the tag.</summary>
    public ConditionExpression ReadCondition()
    {
        var comparisons = new List<Comparison> { ReadComparison() };
        var joins = new List<bool>();
        while (cursor.PeekWord() is "and" or "or")
        {
            if (joins.Count == maxNesting)
            {
                throw cursor.Error($"More than {maxNesting} and/or in one condition (TemplateOptions.MaxNesting).");
            }

            joins.Add(cursor.ReadName() == "and");
            comparisons.Add(ReadComparison());
        }

        cursor.ExpectEnd();
        return new([.. comparisons], [.. joins]);
    }

    public Expression ReadOperand(bool inComparison = false)
    {
        if (cursor.AtEnd)
        {
            throw cursor.Error("A value was expected, but the tag ends here.");
        }

        return cursor.Current switch
        {
            '"' or '\'' => new LiteralExpression(cursor.ReadQuoted()),
            '(' => ReadRange(),
            _ when cursor.AtNumber => new LiteralExpression(cursor.ReadNumber()),
            _ when cursor.AtName => ReadPathOrWord(inComparison),
            _ => throw cursor.Unexpected("a value was expected"),
        };
    }

    private Comparison ReadComparison()
    {
        var left = ReadOperand(inComparison: true);
        var at = cursor.Position;
        var symbol = cursor.TryWord("contains") ? "contains" : Array.Find(Operators, cursor.TrySymbol);
        if (symbol is null)
        {
            return !cursor.AtEnd && cursor.Current == '='
                ? throw cursor.Error("'=' compares nothing here; write '=='.")
                : new(at, left, null, null);
        }

        return new(at, left, symbol, ReadOperand(inComparison: true));
    }

    private FilterCall ReadFilter()
    {
        var name = cursor.ReadWord("the name of a filter was expected");
        var at = cursor.Position - name.Length;
        if (!LiquidFilters.ByName.TryGetValue(name, out var filter))
        {
            throw source.Error(at, $"There is no filter '{name}'.{NearestName.Proposal(name, LiquidFilters.ByName.Keys)}");
        }

        var arguments = new List<Expression>();
        if (cursor.TrySymbol(":"))
        {
            do
            {
                arguments.Add(ReadOperand());
            }
            while (cursor.TrySymbol(","));
        }

        if (!filter.Takes(arguments.Count))
        {
            throw source.Error(at, $"The filter '{name}' takes {filter.Arity}, not {arguments.Count}.");
        }

        var call = new FilterCall(at, filter, [.. arguments]);
        Filters.Add(call);
        return call;
    }

    private Expression ReadPathOrWord(bool inComparison)
    {
        var from = cursor.Position;
        var root = cursor.ReadName();
        var steps = new List<PathStep>();
        while (true)
        {
            if (cursor is { Current: '.', Next: not '.' })
            {
                cursor.Skip();
                steps.Add(PathStep.Dot(cursor.AtNamePart ? cursor.ReadWord("") : throw cursor.Unexpected("a name was expected after the dot")));
            }
            else if (cursor.Current == '[')
            {
                steps.Add(ReadBracket());
            }
            else
            {
                break;
            }
        }

        if (steps.Count == 0 && Word(root, inComparison) is { } literal)
        {
            return literal;
        }

        var path = new PathExpression(from, cursor.TextFrom(from), root, [.. steps]);
        Paths.Add(path);
        return path;
    }

    // In a comparison 'empty' and 'blank' are questions; anywhere else they print nothing.
    private static LiteralExpression? Word(string word, bool inComparison) => word switch
    {
        "true" => new(true),
        "false" => new(false),
        "nil" or "null" => new(null),
        "empty" => new(inComparison ? ValueQuestion.Empty : ""),
        "blank" => new(inComparison ? ValueQuestion.Blank : ""),
        _ => null,
    };

    private PathStep ReadBracket()
    {
        GoDeeper();
        cursor.ExpectSymbol("[");
        var key = ReadOperand();
        cursor.ExpectSymbol("]");
        _depth--;
        return key is LiteralExpression literal ? PathStep.Constant(literal.Value) : PathStep.Computed(key);
    }

    private RangeExpression ReadRange()
    {
        GoDeeper();
        cursor.ExpectSymbol("(");
        var from = ReadOperand();
        if (!cursor.TrySymbol(".."))
        {
            throw cursor.Unexpected("parentheses only hold a range, as in (1..5)");
        }

        var to = ReadOperand();
        cursor.ExpectSymbol(")");
        _depth--;
        return new(from, to);
    }

    private void GoDeeper()
    {
        if (++_depth > maxNesting)
        {
            throw cursor.Error($"More than {maxNesting} brackets within each other (TemplateOptions.MaxNesting).");
        }
    }
}
