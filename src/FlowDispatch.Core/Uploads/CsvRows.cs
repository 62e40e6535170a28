using CsvHelper;

namespace FlowDispatch.Uploads;

/// <summary>The rows of a CSV text one after the other, blank ones included: the only place that knows CsvHelper.</summary>
/// <remarks>A quote opens a quoted value only as its first character; anywhere else in a value without quotes it is itself.</remarks>
internal sealed class CsvRows(TextReader text, char separator) : IDisposable
{
    private readonly CsvReader _reader = CsvReader.Create(
        text,
        new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            DetectSeparatorHint = false,
            SkipEmptyLines = false,
            TrackLineNumbers = true,
            MaxRecordSize = ContactFileLimits.RowBytes,
        },
        leaveOpen: true);

    /// <summary>The line on which the row begins, from 1.</summary>
    public int Line => (int)_reader.LineNumber;

    /// <summary>The line on which the row ends.</summary>
    public int LastLine
    {
        get
        {
            var raw = _reader.RawRecord;
            return Line + raw.Count((byte)'\n') + raw.Count((byte)'\r') - raw.Count("\r\n"u8);
        }
    }

    /// <summary>How many values the row has, at least 1.</summary>
    public int Count => _reader.FieldCount;

    /// <summary>What to tell about a row that is too long.</summary>
    public static ContactFileException TooLong(int line) => new(
        $"The row that begins in line {line} has more than {ContactFileLimits.RowBytes:N0} bytes. Probably a quote in it is never closed: close it, or split the row.",
        line);

    /// <summary>Goes to the next row; false at the end.</summary>
    /// <exception cref="ContactFileException">The row is too long.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        bool any;
        try
        {
            any = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CsvFormatException e) // malformed quotes are recovered from, so this is the record's size
        {
            throw TooLong((int)e.LineNumber);
        }

        // The reader asks for the size only when its buffer is full, which is chance; that a row is too long must not be.
        return !any || _reader.RawRecord.Length <= ContactFileLimits.RowBytes ? any : throw TooLong(Line);
    }

    /// <summary>One value, without the quotes around it.</summary>
    public string Value(int index) => _reader.GetString(index);

    /// <summary>Whether a value begins with a quote and is not closed, or goes on after its closing quote.</summary>
    public bool IsMalformed(int index)
    {
        var raw = _reader.GetRawSpan(index);
        if (raw is not [(byte)'"', ..])
        {
            return false;
        }

        for (raw = raw[1..]; raw.IndexOf((byte)'"') is var quote and >= 0; raw = raw[(quote + 2)..])
        {
            if (quote + 1 == raw.Length)
            {
                return false;
            }

            if (raw[quote + 1] != (byte)'"')
            {
                return true;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
