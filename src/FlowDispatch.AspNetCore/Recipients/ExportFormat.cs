namespace FlowDispatch.AspNetCore.Recipients;

/// <summary>How recipients are exported.</summary>
internal enum ExportFormat
{
    /// <summary>RFC 4180 with a header row.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Ndjson,
}
