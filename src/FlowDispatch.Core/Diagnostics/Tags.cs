using FlowDispatch.Recipients;

namespace FlowDispatch.Diagnostics;

/// <summary>What measurements and spans are told apart by. Measurements carry only words of closed lists: ids of executions and people would each make a series of its own.</summary>
internal static class Tags
{
    public const string Outcome = "flowdispatch.outcome";
    public const string ReasonCode = "flowdispatch.reason";
    public const string ChannelKind = "flowdispatch.channel.kind";
    public const string ExecutionStatus = "flowdispatch.execution.status";
    public const string EventKind = "flowdispatch.event.kind";

    // On spans only.
    public const string ExecutionId = "flowdispatch.execution.id";
    public const string OrganizationId = "flowdispatch.organization.id";
    public const string RecipientId = "flowdispatch.recipient.id";
    public const string Attempt = "flowdispatch.attempt";
    public const string ChannelId = "flowdispatch.channel.id";
    public const string LeaseToken = "flowdispatch.lease.token";
    public const string Events = "flowdispatch.events";
    public const string ErrorType = "error.type";

    public static KeyValuePair<string, object?> Of(string name, string? value) => new(name, value);

    /// <summary>The catalogue's code of a reason; every code of a provider is <see cref="ReasonCodes.ProviderError"/>, since nobody knows how many there are.</summary>
    public static string ReasonOf(string? code) => ReasonCatalogue.Find(code)?.Code ?? ReasonCodes.ProviderError;
}
