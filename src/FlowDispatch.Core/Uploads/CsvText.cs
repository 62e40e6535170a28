namespace FlowDispatch.Uploads;

/// <summary>Text whose first line can be looked at before it is read.</summary>
internal sealed class CsvText(TextReader text) : TextReader
{
    private char[] _ahead = [];
    private int _next;
    private int _count;

    /// <summary>The first line that is not blank, without consuming it; line breaks within quotes belong to it. Empty at the end.</summary>
    /// <exception cref="ContactFileException">It is too long.</exception>
    public async Task<string> PeekLineAsync(CancellationToken cancellationToken)
    {
        var line = new CsvSeparator();
        var start = -1;
        for (var i = 0; ; i++)
        {
            if (i == _count && !await LookFurtherAheadAsync(cancellationToken).ConfigureAwait(false))
            {
                return start < 0 ? "" : new string(_ahead, start, i - start);
            }

            var c = _ahead[i];
            if (start < 0 && (char.IsWhiteSpace(c) || c == '\uFEFF'))
            {
                continue;
            }

            start = start < 0 ? i : start;
            if (c is '\r' or '\n' && !line.IsQuoted)
            {
                return new string(_ahead, start, i - start);
            }

            line.Add(c);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(char[] buffer, int index, int count) => ReadAsync(buffer.AsMemory(index, count)).AsTask();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (_next == _count)
        {
            _ahead = [];
            _next = _count = 0;
            return await text.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        var read = Math.Min(buffer.Length, _count - _next);
        _ahead.AsMemory(_next, read).CopyTo(buffer);
        _next += read;
        return read;
    }

    private async ValueTask<bool> LookFurtherAheadAsync(CancellationToken cancellationToken)
    {
        if (_count >= ContactFileLimits.RowBytes)
        {
            throw CsvRows.TooLong(line: 1);
        }

        if (_count == _ahead.Length)
        {
            Array.Resize(ref _ahead, Math.Max(4_096, _ahead.Length * 2));
        }

        var read = await text.ReadAsync(_ahead.AsMemory(_count), cancellationToken).ConfigureAwait(false);
        _count += read;
        return read > 0;
    }
}
