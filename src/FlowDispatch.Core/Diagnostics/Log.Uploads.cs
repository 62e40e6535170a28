using FlowDispatch.Uploads;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Diagnostics;

/// <summary>Messages about uploads: 1501 to 1599.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1501, Level = LogLevel.Warning, Message = "Upload {UploadId} ended early and its rows could not be removed; no audience sees them.")]
    public static partial void UploadNotRemoved(ILogger logger, Exception error, UploadId uploadId);
}
