using Microsoft.Extensions.Logging;

namespace FlowDispatch.Diagnostics;

/// <summary>Messages about receipts and replies: 1401 to 1499. They name ids, never numbers or texts.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning,
        Message = "{Count} receipts or replies matched nobody for {Retention} and are dropped; the oldest came in at {Oldest}.")]
    public static partial void UnmatchedDropped(ILogger logger, int count, TimeSpan retention, DateTimeOffset oldest);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Error,
        Message = "Inbox entry {Entry} can't be settled and is put off until {Until}; the others go on.")]
    public static partial void InboxEntryPutOff(ILogger logger, Exception error, long entry, DateTimeOffset until);

    [LoggerMessage(EventId = 1403, Level = LogLevel.Error,
        Message = "Inbox entry {Entry} could not be settled since {ReceivedAt} and is dropped.")]
    public static partial void InboxEntryDropped(ILogger logger, Exception error, long entry, DateTimeOffset receivedAt);

    [LoggerMessage(EventId = 1404, Level = LogLevel.Warning,
        Message = "Inbox entry {Entry} on channel {Channel} names recipient {Recipient}, which is not of that channel's organization; the name is not believed.")]
    public static partial void ForeignAttempt(ILogger logger, long entry, string channel, Recipients.RecipientId recipient);

    [LoggerMessage(EventId = 1405, Level = LogLevel.Warning,
        Message = "The store does not know that receipts are taken in here; after 15 s without a word that is an outage.")]
    public static partial void HeartbeatMissed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 1406, Level = LogLevel.Warning,
        Message = "Receipts may have been missed here before now: messages in doubt from that time are not repeated on evidence.")]
    public static partial void ReceiverInterrupted(ILogger logger);

    [LoggerMessage(EventId = 1407, Level = LogLevel.Error,
        Message = "Channels of several organizations have the id {Channel}: what comes in on it is nobody's until each has an id of its own.")]
    public static partial void AmbiguousChannel(ILogger logger, string channel);
}
