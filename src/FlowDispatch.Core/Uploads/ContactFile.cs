namespace FlowDispatch.Uploads;

/// <summary>An uploaded text whose header was read and whose rows can be.</summary>
public sealed class ContactFile
{
    private readonly Func<CancellationToken, IAsyncEnumerable<ContactRow>> _rows;

    internal ContactFile(IReadOnlyList<string> columns, string? phoneColumn, Func<CancellationToken, IAsyncEnumerable<ContactRow>> rows)
    {
        Columns = columns;
        PhoneColumn = phoneColumn;
        _rows = rows;
    }

    /// <summary>
    /// The header as written, without surrounding spaces; none for a list. A name that is repeated has <c>_2</c>, <c>_3</c>, … after
    /// it, an empty one is <c>column_</c> and its position from 1.
    /// </summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Which of <see cref="Columns"/> holds the number; null for a list.</summary>
    public string? PhoneColumn { get; }

    /// <summary>The rows that have any value, in order, each read when it is asked for. To be read once only.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ContactFileException">The text can't be read beyond some line; the rows before it are sound.</exception>
    public IAsyncEnumerable<ContactRow> ReadAsync(CancellationToken cancellationToken = default) => _rows(cancellationToken);
}
