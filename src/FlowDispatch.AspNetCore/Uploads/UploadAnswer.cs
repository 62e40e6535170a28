using FlowDispatch.Uploads;

namespace FlowDispatch.AspNetCore.Uploads;

/// <summary>An upload as users see it.</summary>
internal sealed record UploadAnswer(
    Guid Id,
    int Rows,
    int Accepted,
    int Duplicates,
    int Invalid,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyDictionary<string, object?>> Sample,
    IReadOnlyList<UploadError> Errors,
    bool ErrorsTruncated,
    DateTimeOffset CreatedAt)
{
    public static UploadAnswer Of(Upload upload) => new(
        upload.Id.Value,
        upload.Rows,
        upload.Accepted,
        upload.Duplicates,
        upload.Invalid,
        upload.Columns,
        upload.Sample,
        upload.Errors,
        upload.ErrorsTruncated,
        upload.CreatedAt);
}
