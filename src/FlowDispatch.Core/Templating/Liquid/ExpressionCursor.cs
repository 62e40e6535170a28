using System.Globalization;

namespace FlowDispatch.Templating.Liquid;

/// <summary>Walks through the words and symbols of one output or tag, and says what it found where something else was expected.</summary>
internal sealed class ExpressionCursor(TemplateSource source, int start, int end)
{
    private readonly string _text = source.Text;

    public int Position { get; private set; } = start;

    /// <summary>The character at hand, spaces included; a zero at the end.</summary>
    public char Current => Position < end ? _text[Position] : '\0';

    public char Next => Position + 1 < end ? _text[Position + 1] : '\0';

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return Position == end;
        }
    }

    public bool AtName => IsNameStart(Current);

    public bool AtNamePart => IsNamePart(Current);

    public bool AtNumber => char.IsAsciiDigit(Current) || (Current is '-' or '+' && char.IsAsciiDigit(Next));

    public string TextFrom(int position) => _text[position..Position];

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

    /// <summary>A name that stands for a value.</summary>
    public string ReadName()
    {
        SkipSpace();
        return AtName ? ReadWord("a name was expected") : throw Unexpected("a name was expected");
    }

    /// <summary>A word that may begin with a digit, as after a dot.</summary>
    public string ReadWord(string expectation)
    {
        var word = PeekWord();
        if (word.Length == 0)
        {
            throw Unexpected(expectation);
        }

        Position += word.Length;
        return word;
    }

    public string ReadQuoted()
    {
        var close = _text.IndexOf(Current, Position + 1, end - Position - 1);
        if (close < 0)
        {
            throw Error($"The text that begins with {Current} is never closed.");
        }

        var text = _text[(Position + 1)..close];
        Position = close + 1;
        return text;
    }

    /// <summary>A whole number, or a decimal one.</summary>
    public object ReadNumber()
    {
        var at = Position++;
        SkipDigits();
        if (Current == '.' && char.IsAsciiDigit(Next))
        {
            Position++;
            SkipDigits();
        }

        if (AtNamePart)
        {
            throw Unexpected("a number ends before this");
        }

        var text = _text.AsSpan(at, Position - at);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw source.Error(at, "The number is too large.");
    }

    public void Skip() => Position++;

    public TemplateSyntaxException Error(string message) => source.Error(Position, message);

    public TemplateSyntaxException Unexpected(string expectation)
    {
        if (AtEnd)
        {
            return Error($"The tag ends here, but {expectation}.");
        }

        var word = PeekWord();
        var found = word.Length == 0 ? Current.ToString() : word[..Math.Min(word.Length, 40)];
        var hint = word.Length > 0 && expectation.StartsWith("nothing", StringComparison.Ordinal) ? " A name with spaces is written in brackets, as in row[\"Full name\"]." : "";
        return Error($"Unexpected '{found}': {expectation}.{hint}");
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Current))
        {
            Position++;
        }
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
