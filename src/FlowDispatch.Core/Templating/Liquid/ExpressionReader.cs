using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Reads the expressions of one output or tag, strictly: what it can't read whole, it refuses where it stops.</summary>
internal sealed class ExpressionReader(TemplateSource source, int start, int end, int maxNesting, Func<string, bool> isLocal)
{
    private static readonly string[] Operators = ["==", "!=", "<>", "<=", ">=", "<", ">"];

    private readonly string _text = source.Text;
    private int _depth;

    public int Position { get; private set; } = start;

    /// <summary>Every path read, in the order written.</summary>
    public List<PathExpression> Paths { get; } = [];

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return Position == end;
        }
    }

    /// <summary>The next word, without moving; empty when there is none.</summary>
    public string PeekWord()
    {
        SkipSpace();
        var at = Position;
        while (at < end && IsNamePart(_text[at]))
        {
            at++;
        }

        return _text[Position..at];
    }

    public bool TryWord(string word)
    {
        if (PeekWord() != word)
        {
            return false;
        }

        Position += word.Length;
        return true;
    }

    public bool TrySymbol(string symbol)
    {
        SkipSpace();
        if (Position + symbol.Length > end || string.CompareOrdinal(_text, Position, symbol, 0, symbol.Length) != 0)
        {
            return false;
        }

        Position += symbol.Length;
        return true;
    }

    public void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol))
        {
            throw Unexpected($"'{symbol}' was expected");
        }
    }

    public void ExpectWord(string word)
    {
        if (!TryWord(word))
        {
            throw Unexpected($"'{word}' was expected");
        }
    }

    public void ExpectEnd()
    {
        if (!AtEnd)
        {
            throw Unexpected("nothing more was expected");
        }
    }

    /// <summary>A name that the template gives to a value.</summary>
    public string ReadName()
    {
        var name = PeekWord();
        if (name.Length == 0 || !IsNameStart(name[0]))
        {
            throw Unexpected("a name was expected");
        }

        Position += name.Length;
        return name;
    }

    /// <summary>A value with its filters.</summary>
    /// <param name="wanted">Whether a value that is nothing counts as missing.</param>
    public Expression ReadFiltered(bool wanted)
    {
        var first = Paths.Count;
        var operand = ReadOperand();
        var calls = new List<FilterCall>();
        while (TrySymbol("|"))
        {
            calls.Add(ReadFilter());
        }

        if (wanted && !calls.Any(c => c.Filter.Name == "default"))
        {
            foreach (var path in Paths.Skip(first).Where(p => !isLocal(p.Root)))
            {
                path.IsWanted = true;
            }
        }

        return calls.Count == 0 ? operand : new FilteredExpression(operand, [.. calls]);
    }

    public ConditionExpression ReadCondition()
    {
        var comparisons = new List<Comparison> { ReadComparison() };
        var joins = new List<bool>();
        while (PeekWord() is "and" or "or")
        {
            var at = Position;
            joins.Add(TryWord("and"));
            if (!joins[^1])
            {
                ExpectWord("or");
            }

            if (joins.Count > maxNesting)
            {
                throw source.Error(at, $"More than {maxNesting} and/or in one condition (TemplateOptions.MaxNesting).");
            }

            comparisons.Add(ReadComparison());
        }

        ExpectEnd();
        return new([.. comparisons], [.. joins]);
    }

    public Expression ReadOperand(bool inComparison = false)
    {
        SkipSpace();
        if (Position == end)
        {
            throw source.Error(Position, "A value was expected, but the tag ends here.");
        }

        var c = _text[Position];
        return c switch
        {
            '"' or '\'' => new LiteralExpression(ReadQuoted(c)),
            '(' => ReadRange(),
            _ when char.IsAsciiDigit(c) || (c is '-' or '+' && Position + 1 < end && char.IsAsciiDigit(_text[Position + 1])) => ReadNumber(),
            _ when IsNameStart(c) => ReadPathOrWord(inComparison),
            _ => throw Unexpected("a value was expected"),
        };
    }

    private Comparison ReadComparison()
    {
        var left = ReadOperand(inComparison: true);
        var at = Position;
        var symbol = TryWord("contains") ? "contains" : Array.Find(Operators, TrySymbol);
        if (symbol is null)
        {
            SkipSpace();
            return Position < end && _text[Position] == '='
                ? throw source.Error(Position, "'=' compares nothing here; write '=='.")
                : new(at, left, null, null);
        }

        return new(at, left, symbol, ReadOperand(inComparison: true));
    }

    private FilterCall ReadFilter()
    {
        var name = PeekWord();
        var at = Position;
        if (name.Length == 0)
        {
            throw Unexpected("the name of a filter was expected");
        }

        if (!LiquidFilters.ByName.TryGetValue(name, out var filter))
        {
            throw source.Error(at, $"There is no filter '{name}'.{NearestName.Proposal(name, LiquidFilters.ByName.Keys)}");
        }

        Position += name.Length;
        var arguments = new List<Expression>();
        if (TrySymbol(":"))
        {
            do
            {
                arguments.Add(ReadOperand());
            }
            while (TrySymbol(","));
        }

        return filter.Takes(arguments.Count)
            ? new(at, filter, [.. arguments])
            : throw source.Error(at, $"The filter '{name}' takes {filter.Arity}, not {arguments.Count}.");
    }

    private Expression ReadPathOrWord(bool inComparison)
    {
        var from = Position;
        var root = ReadName();
        if (Position < end && _text[Position] == '?')
        {
            throw Unexpected("no name has a question mark");
        }

        var steps = new List<PathStep>();
        while (Position < end)
        {
            if (_text[Position] == '.' && !(Position + 1 < end && _text[Position + 1] == '.'))
            {
                Position++;
                var name = Position < end && IsNamePart(_text[Position]) ? PeekWord() : throw Unexpected("a name was expected after the dot");
                Position += name.Length;
                steps.Add(PathStep.Dot(name));
            }
            else if (_text[Position] == '[')
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

        var path = new PathExpression(from, _text[from..Position], root, [.. steps]);
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
        if (++_depth > maxNesting)
        {
            throw source.Error(Position, $"More than {maxNesting} brackets within each other (TemplateOptions.MaxNesting).");
        }

        ExpectSymbol("[");
        var key = ReadOperand();
        ExpectSymbol("]");
        _depth--;
        return key is LiteralExpression literal ? PathStep.Constant(literal.Value) : PathStep.Computed(key);
    }

    private RangeExpression ReadRange()
    {
        if (++_depth > maxNesting)
        {
            throw source.Error(Position, $"More than {maxNesting} brackets within each other (TemplateOptions.MaxNesting).");
        }

        ExpectSymbol("(");
        var from = ReadOperand();
        if (!TrySymbol(".."))
        {
            throw Unexpected("parentheses only hold a range, as in (1..5)");
        }

        var to = ReadOperand();
        ExpectSymbol(")");
        _depth--;
        return new(from, to);
    }

    private string ReadQuoted(char quote)
    {
        var close = _text.IndexOf(quote, Position + 1, end - Position - 1);
        if (close < 0)
        {
            throw source.Error(Position, $"The text that begins with {quote} is never closed.");
        }

        var text = _text[(Position + 1)..close];
        Position = close + 1;
        return text;
    }

    private LiteralExpression ReadNumber()
    {
        var at = Position;
        var cursor = SkipDigits(Position + 1);
        if (cursor + 1 < end && _text[cursor] == '.' && char.IsAsciiDigit(_text[cursor + 1]))
        {
            cursor = SkipDigits(cursor + 1);
        }

        Position = cursor;
        var text = _text.AsSpan(at, cursor - at);
        if (cursor < end && IsNamePart(_text[cursor]))
        {
            throw Unexpected("a number ends before this");
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? new(whole)
            : decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? new(number)
            : throw source.Error(at, "The number is too large.");
    }

    private int SkipDigits(int at)
    {
        while (at < end && char.IsAsciiDigit(_text[at]))
        {
            at++;
        }

        return at;
    }

    private TemplateSyntaxException Unexpected(string expectation)
    {
        SkipSpace();
        if (Position == end)
        {
            return source.Error(Position, $"The tag ends here, but {expectation}.");
        }

        var word = PeekWord();
        var found = word.Length == 0 ? _text[Position].ToString() : word.Length > 40 ? word[..40] : word;
        var hint = word.Length > 0 && Paths.Count > 0 ? " A name with spaces is written in brackets, as in row[\"Full name\"]." : "";
        return source.Error(Position, $"Unexpected '{found}': {expectation}.{hint}");
    }

    private void SkipSpace()
    {
        while (Position < end && char.IsWhiteSpace(_text[Position]))
        {
            Position++;
        }
    }

    private static bool IsNameStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsNamePart(char c) =>
        char.IsLetterOrDigit(c) || c is '_' or '-' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
