using System.Text.Json;
using System.Text.Json.Nodes;
using FlowDispatch.Automations;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Validation;

namespace FlowDispatch.AspNetCore.Automations;

/// <summary>An automation as users see it.</summary>
internal sealed record AutomationAnswer
{
    public required Guid Id { get; init; }

    public required AutomationStatus Status { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? ChatbotId { get; init; }

    public required Guid FlowId { get; init; }

    public required string WhatsappNumberId { get; init; }

    public required string TriggerType { get; init; }

    public required JsonElement TriggerConfig { get; init; }

    public required string AudienceType { get; init; }

    public required JsonElement AudienceConfig { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> VariableMapping { get; init; }

    public int MaxConcurrentExecutions { get; init; }

    public int? RateLimitPerHour { get; init; }

    public bool RetryFailed { get; init; }

    public int MaxRetries { get; init; }

    public TimeOnly? ExecutionWindowStart { get; init; }

    public TimeOnly? ExecutionWindowEnd { get; init; }

    public required string ExecutionTimezone { get; init; }

    public WindowTimeZoneMode WindowTimeZoneMode { get; init; }

    public UnknownTimeZonePolicy UnknownTimeZone { get; init; }

    public bool RespectOptOut { get; init; }

    public int Priority { get; init; }

    public string? Language { get; init; }

    public required JsonNode WindowPolicy { get; init; }

    public MissingVariablePolicy MissingVariablePolicy { get; init; }

    public string? ExpiresAfter { get; init; }

    public CapAnswer? FrequencyCap { get; init; }

    public ErrorBudget? ErrorBudget { get; init; }

    public OverlapPolicy OverlapPolicy { get; init; }

    public int TotalExecutions { get; init; }

    public int TotalSent { get; init; }

    public int TotalDelivered { get; init; }

    public int TotalRead { get; init; }

    public int TotalReplied { get; init; }

    public int TotalCompleted { get; init; }

    public int TotalFailed { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What is doubtful; null in listings, which do not look.</summary>
    public IReadOnlyList<AutomationWarning>? Warnings { get; init; }

    public static AutomationAnswer Of(Automation automation, AutomationTotals? totals, IReadOnlyList<AutomationWarning>? warnings)
    {
        var settings = automation.Settings;
        var counters = totals?.Counters ?? default;
        return new()
        {
            Id = automation.Id.Value,
            Status = automation.Status,
            Name = settings.Name,
            Description = settings.Description,
            ChatbotId = settings.ChatbotId,
            FlowId = settings.FlowId.Value,
            WhatsappNumberId = settings.ChannelId,
            TriggerType = settings.TriggerType,
            TriggerConfig = settings.TriggerConfig,
            AudienceType = settings.AudienceType,
            AudienceConfig = settings.AudienceConfig,
            VariableMapping = settings.VariableMapping,
            MaxConcurrentExecutions = settings.MaxConcurrentExecutions,
            RateLimitPerHour = settings.RateLimitPerHour,
            RetryFailed = settings.RetryFailed,
            MaxRetries = settings.MaxRetries,
            ExecutionWindowStart = settings.Window?.Start,
            ExecutionWindowEnd = settings.Window?.End,
            ExecutionTimezone = settings.ExecutionTimeZone,
            WindowTimeZoneMode = settings.WindowTimeZoneMode,
            UnknownTimeZone = settings.UnknownTimeZone,
            RespectOptOut = settings.RespectOptOut,
            Priority = settings.Priority,
            Language = settings.Language,
            WindowPolicy = settings.WindowPolicy.Opening is { } opening
                ? new JsonObject { ["template"] = FlowJson.WriteTemplate(opening) }
                : JsonValue.Create(JsonText.Word(settings.WindowPolicy.Kind)),
            MissingVariablePolicy = settings.MissingVariablePolicy,
            ExpiresAfter = settings.ExpiresAfter is { } lifetime ? IsoDuration.Write(lifetime, settings.ExpiresAfterText) : null,
            FrequencyCap = settings.FrequencyCap is { } cap ? new(cap.Count, IsoDuration.Write(cap.Period, cap.PeriodText)) : null,
            ErrorBudget = settings.ErrorBudget,
            OverlapPolicy = settings.OverlapPolicy,
            TotalExecutions = totals?.Executions ?? 0,
            TotalSent = counters.Sent,
            TotalDelivered = counters.Delivered,
            TotalRead = counters.Read,
            TotalReplied = counters.Replied,
            TotalCompleted = counters.Completed,
            TotalFailed = counters.Failed,
            CreatedAt = automation.CreatedAt,
            UpdatedAt = automation.UpdatedAt,
            Warnings = warnings,
        };
    }

    /// <summary>A frequency cap, its period in the words in which it was given.</summary>
    internal sealed record CapAnswer(int Count, string Period);
}
