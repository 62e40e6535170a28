using FlowDispatch.Executions;
using Microsoft.Extensions.Logging;

namespace FlowDispatch.Diagnostics;

/// <summary>The messages of FlowDispatch.Core: 1001 to 1999, a hundred for each feature. Ids are never reused; no number, name or text of a person goes in.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "Execution {ExecutionId}: its audience can't be resolved; it failed and can be resumed.")]
    public static partial void AudienceUnavailable(ILogger logger, Exception exception, ExecutionId executionId);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Error, Message = "Planning stopped for now and is tried again.")]
    public static partial void PlanningFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Error, Message = "Execution {ExecutionId}: the variable source {Source} gave no values; it is asked again.")]
    public static partial void VariableSourceFailed(ILogger logger, Exception exception, ExecutionId executionId, string source);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Error, Message = "Execution {ExecutionId}: the variable source {Source} did not take back what was not used; it is told again.")]
    public static partial void ReturnFailed(ILogger logger, Exception exception, ExecutionId executionId, string source);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Error, Message = "Values that were not used could not be given back to their sources; it is tried again.")]
    public static partial void ReturnsUnread(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Error, Message = "Execution {ExecutionId}: its audience failed; it is asked again, from the place it came to.")]
    public static partial void AudienceFailed(ILogger logger, Exception exception, ExecutionId executionId);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "Execution {ExecutionId}: the lease ended before {Outcomes} outcomes were stored; they go to the inbox as evidence.")]
    public static partial void LeaseLost(ILogger logger, ExecutionId executionId, int outcomes);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "Execution {ExecutionId}: the store failed; it is asked again.")]
    public static partial void StoreFailed(ILogger logger, Exception exception, ExecutionId executionId);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Error, Message = "Execution {ExecutionId}: its runner stopped unexpectedly; what it held is recovered when its lease ends.")]
    public static partial void RunnerFailed(ILogger logger, Exception exception, ExecutionId executionId);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Error, Message = "Execution {ExecutionId} was paused: the channel refused with {Code}.")]
    public static partial void ChannelRefused(ILogger logger, ExecutionId executionId, string code);

    [LoggerMessage(EventId = 1205, Level = LogLevel.Warning, Message = "A sender threw; the attempt is in doubt.")]
    public static partial void SenderThrew(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Error, Message = "Execution {ExecutionNumber} can't be sent on this node: {Reason}")]
    public static partial void NotSendable(ILogger logger, int executionNumber, string reason);

    [LoggerMessage(EventId = 1207, Level = LogLevel.Warning, Message = "Execution {ExecutionId} was paused: its error budget is used up, {Failed} failed on the provider's side.")]
    public static partial void BudgetUsedUp(ILogger logger, ExecutionId executionId, int failed);

    [LoggerMessage(EventId = 1208, Level = LogLevel.Error, Message = "Execution {ExecutionNumber} could not be started, closed or cancelled here; it is looked at again in two seconds, and the others go on.")]
    public static partial void ExecutionUntended(ILogger logger, Exception exception, int executionNumber);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Error, Message = "The control state could not be read; sending stops until it can.")]
    public static partial void ControlUnreadable(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "Node {Node} dispatches.")]
    public static partial void NodeStarted(ILogger logger, string node);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Information, Message = "Node {Node} has drained and stopped.")]
    public static partial void NodeStopped(ILogger logger, string node);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Information, Message = "Recovered {Leases} leases that had ended.")]
    public static partial void Recovered(ILogger logger, int leases);

    [LoggerMessage(EventId = 1305, Level = LogLevel.Error, Message = "The inbox could not be worked off; it is tried again.")]
    public static partial void InboxFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 1306, Level = LogLevel.Warning, Message = "The store's news can't be heard; until they can, this node looks by itself.")]
    public static partial void NewsUnheard(ILogger logger, Exception exception);
}
