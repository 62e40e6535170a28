using Microsoft.Extensions.Logging;

namespace FlowDispatch.Diagnostics;

/// <summary>Messages about retention: 1601 to 1699.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1601, Level = LogLevel.Information, Message = "Pruned {Executions} executions that ended more than {Age} ago; {Recipients} recipients' rows are deleted.")]
    public static partial void Pruned(ILogger logger, int executions, long recipients, TimeSpan age);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Error, Message = "Pruning stopped for now and goes on in an hour.")]
    public static partial void PruningFailed(ILogger logger, Exception exception);
}
