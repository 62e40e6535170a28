namespace FlowDispatch.Uploads;

/// <summary>A list of people that was uploaded, as an audience to send to.</summary>
public sealed record Upload
{
    /// <summary>The upload's id.</summary>
    public required UploadId Id { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>The header as written; empty for a plain list.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Rows with any value: accepted, duplicate and invalid ones.</summary>
    public int Rows { get; init; }

    /// <summary>Rows that became people of the audience.</summary>
    public int Accepted { get; init; }

    /// <summary>Rows whose number came earlier in the same upload.</summary>
    public int Duplicates { get; init; }

    /// <summary>Rows that could not be read.</summary>
    public int Invalid { get; init; }

    /// <summary>Why rows were invalid, by line; at most 1,000.</summary>
    public IReadOnlyList<UploadError> Errors { get; init; } = [];

    /// <summary>True when there were more errors than are kept.</summary>
    public bool ErrorsTruncated { get; init; }

    /// <summary>The values of the first rows accepted; at most 5.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object?>> Sample { get; init; } = [];

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
