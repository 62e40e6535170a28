using Microsoft.Extensions.Logging;

namespace FlowDispatch.WhatsApp.Diagnostics;

/// <summary>The package's messages: 4001 to 4999. Ids are never reused; no number of a person, text or secret goes in.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Debug, Message = "The provider answered HTTP {Status} with error {Code} (trace {TraceId}).")]
    public static partial void Refused(ILogger logger, int status, string? code, string? traceId);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning,
        Message = "The provider's error code {Code} (HTTP {Status}, trace {TraceId}) is unknown: it is taken for permanent unless the answer says that it passes.")]
    public static partial void UnknownErrorCode(ILogger logger, string? code, int status, string? traceId);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Error,
        Message = "Channel {ChannelId} pauses for {Pause}: the provider can't be reached or does not answer.")]
    public static partial void CircuitOpened(ILogger logger, string channelId, TimeSpan pause);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Information, Message = "Channel {ChannelId} sends again: the provider answers.")]
    public static partial void CircuitClosed(ILogger logger, string channelId);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Error,
        Message = "A webhook is refused because WhatsApp:AppSecret is not set: no receipts and replies arrive until it is. Said once.")]
    public static partial void WebhookSecretMissing(ILogger logger);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "A webhook of {Bytes} bytes is refused: its signature is missing or wrong.")]
    public static partial void WebhookRefused(ILogger logger, int bytes);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Warning, Message = "A signed webhook of {Bytes} bytes is no JSON.")]
    public static partial void WebhookMalformed(ILogger logger, int bytes);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "The provider reports trouble with channel {ChannelId}: error {Code}.")]
    public static partial void ChannelTrouble(ILogger logger, string channelId, string? code);

    [LoggerMessage(EventId = 4009, Level = LogLevel.Debug, Message = "{Ignored} parts of a webhook are of an unknown kind or not about a channel of ours.")]
    public static partial void WebhookPartsIgnored(ILogger logger, int ignored);

    [LoggerMessage(EventId = 4010, Level = LogLevel.Warning,
        Message = "A message of channel {ChannelId} failed with the unknown error code {Code}: it is taken for permanent unless the report says that it passes.")]
    public static partial void UnknownStatusError(ILogger logger, string channelId, string? code);
}
