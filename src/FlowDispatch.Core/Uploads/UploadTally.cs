namespace FlowDispatch.Uploads;

/// <summary>Counts the rows of one upload as they are read, finds duplicates, and keeps the first errors and a sample.</summary>
/// <remarks>For one thread. Takes about 16 bytes for each number.</remarks>
/// <param name="columns">The header as written; empty for a list.</param>
public sealed class UploadTally(IReadOnlyList<string> columns)
{
    /// <summary>How many errors are kept.</summary>
    public const int MaxErrors = 1_000;

    /// <summary>How many rows' values are kept as a sample.</summary>
    public const int MaxSample = 5;

    private readonly NumberSet _numbers = new();
    private readonly List<UploadError> _errors = [];
    private readonly List<IReadOnlyDictionary<string, object?>> _sample = [];
    private int _accepted;
    private int _duplicates;
    private int _invalid;

    /// <summary>Counts a row.</summary>
    /// <returns>True for a row to keep: it is valid, and its number has not come before in this upload.</returns>
    public bool Add(ContactRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.Number is null)
        {
            _invalid++;
            if (_errors.Count < MaxErrors)
            {
                _errors.Add(new(row.Line, row.PhoneText, row.Reason ?? ""));
            }

            return false;
        }

        if (!_numbers.Add(row.Number))
        {
            _duplicates++;
            return false;
        }

        _accepted++;
        if (_sample.Count < MaxSample && columns.Count > 0)
        {
            _sample.Add(row.Values);
        }

        return true;
    }

    /// <summary>The upload with what was counted so far.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="organizationId">The tenant it belongs to.</param>
    /// <param name="createdAt">When it was uploaded.</param>
    public Upload ToUpload(UploadId id, string organizationId, DateTimeOffset createdAt) => new()
    {
        Id = id,
        OrganizationId = organizationId,
        Columns = columns,
        Rows = _accepted + _duplicates + _invalid,
        Accepted = _accepted,
        Duplicates = _duplicates,
        Invalid = _invalid,
        Errors = [.. _errors],
        ErrorsTruncated = _invalid > _errors.Count,
        Sample = [.. _sample],
        CreatedAt = createdAt,
    };
}
