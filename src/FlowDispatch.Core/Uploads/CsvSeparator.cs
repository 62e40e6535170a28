namespace FlowDispatch.Uploads;

/// <summary>Goes through the first line of a CSV text and finds what stands between its values.</summary>
internal struct CsvSeparator
{
    private const string Candidates = ";,\t|";

    private readonly int[] _counts;
    private bool _quoted;
    private bool _closed;
    private char _previous;

    public CsvSeparator() => _counts = new int[Candidates.Length];

    /// <summary>Whether the characters so far end within a quoted value.</summary>
    public readonly bool IsQuoted => _quoted;

    /// <summary>The separator that a first line <c>sep=;</c> declares, as some spreadsheets write it; null where there is none.</summary>
    public static char? Declared(string firstLine) =>
        firstLine.Length == 5 && firstLine.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && Candidates.Contains(firstLine[4], StringComparison.Ordinal)
            ? firstLine[4]
            : null;

    /// <summary>The one of semicolon, comma, tab and bar that occurs most outside quotes, the first of them where they tie; a comma where there is none.</summary>
    public static char Detect(string firstLine)
    {
        var line = new CsvSeparator();
        foreach (var c in firstLine)
        {
            line.Add(c);
        }

        var most = line._counts.Max();
        return most > 0 ? Candidates[Array.IndexOf(line._counts, most)] : ',';
    }

    public void Add(char c)
    {
        var candidate = Candidates.IndexOf(c, StringComparison.Ordinal);
        if (c == '"')
        {
            // A quote opens a value as its first character only; a second one just after a closing quote stands for itself.
            var opens = !_quoted && (_closed || _previous == '\0' || Candidates.Contains(_previous, StringComparison.Ordinal));
            _closed = _quoted;
            _quoted = opens;
        }
        else
        {
            _closed = false;
            if (!_quoted && candidate >= 0)
            {
                _counts[candidate]++;
            }
        }

        _previous = c;
    }
}
