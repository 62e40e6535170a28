using System.Diagnostics;
using FlowDispatch.Channels;
using FlowDispatch.Executions;
using FlowDispatch.Sending;
using FlowDispatch.Storage;

namespace FlowDispatch.Diagnostics;

/// <summary>The spans of FlowDispatch. They carry ids and codes, never a number, a name or a text.</summary>
internal static class Spans
{
    public const string PlanName = "flowdispatch.plan";
    public const string DispatchName = "flowdispatch.dispatch";
    public const string SendName = "flowdispatch.send";
    public const string ReceiveName = "flowdispatch.receive";
    public const string SettleName = "flowdispatch.settle";

    private static readonly ActivitySource Source = new(FlowDispatchTelemetry.ActivitySourceName, FlowDispatchTelemetry.Version ?? "");

    /// <summary>Whether anybody listens.</summary>
    public static bool Listened => Source.HasListeners();

    /// <summary>The span of FlowDispatch that is going on; default for none.</summary>
    public static ActivityContext Current => Activity.Current is { } span && span.Source == Source ? span.Context : default;

    /// <summary>Planning of one execution, as far as it goes at once.</summary>
    public static Activity? Plan(Execution execution) => Source.StartActivity(PlanName) is { } span ? About(span, execution) : null;

    /// <summary>One node's part in one execution, from lease to release.</summary>
    public static Activity? Dispatch(Execution execution, Channel channel, DispatchLease lease) =>
        Source.StartActivity(DispatchName) is { } span
            ? About(span, execution).SetTag(Tags.ChannelKind, channel.Kind).SetTag(Tags.ChannelId, channel.Id).SetTag(Tags.LeaseToken, lease.Token)
            : null;

    /// <summary>One hand-over: a trace of its own, linked to the run's, so that each is sampled by itself and none grows to a million spans.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="message">What is handed over.</param>
    /// <param name="run">The span of <see cref="Dispatch"/>; default for none.</param>
    public static Activity? Send(Execution execution, OutgoingMessage message, ActivityContext run)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Activity.Current = null;
        var span = Source.StartActivity(SendName, ActivityKind.Client, parentContext: default, links: run == default ? null : [new ActivityLink(run)]);
        return span is null ? null : About(span, execution)
            .SetTag(Tags.RecipientId, message.AttemptId.Recipient.ToString())
            .SetTag(Tags.Attempt, message.AttemptId.Number)
            .SetTag(Tags.ChannelKind, message.Channel.Kind)
            .SetTag(Tags.ChannelId, message.Channel.Id);
    }

    /// <summary>Events are kept in the inbox.</summary>
    public static Activity? Receive(int events) => Source.StartActivity(ReceiveName, ActivityKind.Producer)?.SetTag(Tags.Events, events);

    /// <summary>A batch of the inbox is settled; no span for an empty one.</summary>
    public static Activity? Settle(int events) => events == 0 ? null : Source.StartActivity(SettleName, ActivityKind.Consumer)?.SetTag(Tags.Events, events);

    /// <summary>How the sender answered; a code makes the span one in error.</summary>
    public static void Answered(Activity? span, string outcome, string? errorType)
    {
        span?.SetTag(Tags.Outcome, outcome);
        if (errorType is not null)
        {
            span?.SetTag(Tags.ErrorType, errorType).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>It ended by an exception, of which only the type is told: what it says may name people.</summary>
    public static void Failed(Activity? span, Exception failure) =>
        span?.SetTag(Tags.ErrorType, failure.GetType().FullName).SetStatus(ActivityStatusCode.Error);

    private static Activity About(Activity span, Execution execution) => span
        .SetTag(Tags.ExecutionId, execution.Id.ToString())
        .SetTag(Tags.OrganizationId, execution.OrganizationId);
}
