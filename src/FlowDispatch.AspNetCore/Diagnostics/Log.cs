using Microsoft.Extensions.Logging;

namespace FlowDispatch.AspNetCore.Diagnostics;

/// <summary>What the HTTP API logs; ids 5001 to 5999.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Error, Message = "{Method} {Route} failed unexpectedly; the caller was told trace {TraceId} and nothing else.")]
    public static partial void RequestFailed(ILogger logger, Exception error, string method, string route, string traceId);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "{Method} {Route} could not reach the store; the caller was told to ask again.")]
    public static partial void StoreOutOfReach(ILogger logger, Exception error, string method, string route);

    [LoggerMessage(EventId = 5101, Level = LogLevel.Error, Message = "{Events} events that the webhook {Receiver} received could not be kept; the provider was asked to send them again.")]
    public static partial void WebhookNotKept(ILogger logger, Exception error, string receiver, int events);
}
