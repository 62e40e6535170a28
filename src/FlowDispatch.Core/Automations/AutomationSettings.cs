using System.Text.Json;
using System.Text.Json.Serialization;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;

namespace FlowDispatch.Automations;

/// <summary>The settings of an automation. An execution keeps the copy it started with.</summary>
public sealed record AutomationSettings
{
    private static readonly JsonElement EmptyObject = JsonElement.Parse("{}");

    /// <summary>1 to 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>For people; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The host's own reference to a chatbot; null for none.</summary>
    public string? ChatbotId { get; init; }

    /// <summary>What is said.</summary>
    public required FlowId FlowId { get; init; }

    /// <summary>The channel it is said on (<c>whatsapp_number_id</c>).</summary>
    public required string ChannelId { get; init; }

    /// <summary>What starts it; <c>manual</c>.</summary>
    public string TriggerType { get; init; } = "manual";

    /// <summary>The trigger's own settings, a JSON object.</summary>
    public JsonElement TriggerConfig { get; init; } = EmptyObject;

    /// <summary>The audience's type: <c>custom</c>, <c>all</c>, <c>uploaded</c>, or the name of one that the host registered.</summary>
    public string AudienceType { get; init; } = "custom";

    /// <summary>The audience's own settings, a JSON object.</summary>
    public JsonElement AudienceConfig { get; init; } = EmptyObject;

    /// <summary>Variable names to Liquid templates, numbers or booleans.</summary>
    public IReadOnlyDictionary<string, JsonElement> VariableMapping { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Most recipients in a sender's hands at once, over all nodes. Default 50; 1 to 500.</summary>
    public int MaxConcurrentExecutions { get; init; } = 50;

    /// <summary>Most messages in any rolling hour, over all nodes. Default 100; 1 to 1,000,000; null for the channel's limit only.</summary>
    public int? RateLimitPerHour { get; init; } = 100;

    /// <summary>Whether transient failures are tried again. Default true.</summary>
    public bool RetryFailed { get; init; } = true;

    /// <summary>Tries after the first. Default 3; 0 to 10.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>When first messages may leave; null for always.</summary>
    public ExecutionWindow? Window { get; init; }

    /// <summary>The IANA zone in which the window is read. Default America/Sao_Paulo.</summary>
    public string ExecutionTimeZone { get; init; } = "America/Sao_Paulo";

    /// <summary>Whose clock the window is read by. Default the automation's.</summary>
    public WindowTimeZoneMode WindowTimeZoneMode { get; init; }

    /// <summary>What happens, in <see cref="Automations.WindowTimeZoneMode.Recipient"/>, to those whose zone is unknown.</summary>
    public UnknownTimeZonePolicy UnknownTimeZone { get; init; }

    /// <summary>Whether people who opted out are left out. Default true.</summary>
    public bool RespectOptOut { get; init; } = true;

    /// <summary>Larger goes first among executions that wait for the same node. Default 0; -100 to 100.</summary>
    public int Priority { get; init; }

    /// <summary>The language, a BCP 47 tag, of those whose own has no translation in the flow; null for the flow's texts as they stand.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Language { get; init; }

    /// <summary>What happens where the provider allows only templates. Default reject.</summary>
    public WindowPolicy WindowPolicy { get; init; } = WindowPolicy.Reject;

    /// <summary>What happens to a recipient who lacks a value that a variable names. Default empty.</summary>
    public MissingVariablePolicy MissingVariablePolicy { get; init; }

    /// <summary>Who is not sent to within this time from the execution's start is skipped; null for never.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary><see cref="ExpiresAfter"/> as it was written, to be shown again (<c>PT24H</c> is <c>P1D</c> to the framework); null where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExpiresAfterText { get; init; }

    /// <summary>Most first messages to one contact on the channel, over all automations; null for no cap.</summary>
    public FrequencyCap? FrequencyCap { get; init; }

    /// <summary>How many provider-side failures pause an execution; null for no budget.</summary>
    public ErrorBudget? ErrorBudget { get; init; }

    /// <summary>What a trigger does while an execution is open. Default queue.</summary>
    public OverlapPolicy OverlapPolicy { get; init; } = OverlapPolicy.Queue;
}
