using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;
using FlowDispatch.Validation;

namespace FlowDispatch.AspNetCore.Automations;

/// <summary>The fields of an automation that a request gives; the others stay as they are.</summary>
internal sealed class AutomationFields
{
    private const int LongestDuration = 40;

    private readonly List<Func<AutomationSettings, AutomationSettings>> _changes = [];
    private readonly JsonFields _fields;
    private readonly Given<TimeOnly?> _windowStart;
    private readonly Given<TimeOnly?> _windowEnd;

    public AutomationFields(JsonFields fields)
    {
        _fields = fields;
        Field(fields.Text("name"), (s, v) => s with { Name = v ?? "" });
        Field(fields.Text("description"), (s, v) => s with { Description = v });
        Field(fields.Text("chatbot_id"), (s, v) => s with { ChatbotId = v });
        Field(fields.Id("flow_id"), (s, v) => s with { FlowId = new FlowId(v ?? Guid.Empty) });
        Field(fields.Text("whatsapp_number_id"), (s, v) => s with { ChannelId = v ?? "" });
        Field(fields.Text("trigger_type"), (s, v) => s with { TriggerType = v ?? "manual" });
        Field(fields.FreeForm("trigger_config"), (s, v) => s with { TriggerConfig = v ?? Empty });
        Field(fields.Text("audience_type"), (s, v) => s with { AudienceType = v ?? "custom" });
        Field(fields.FreeForm("audience_config"), (s, v) => s with { AudienceConfig = v ?? Empty });
        Field(fields.FreeForm("variable_mapping"), (s, v) => s with { VariableMapping = Mapping(v ?? Empty) });
        Field(fields.WholeNumber("max_concurrent_executions"), (s, v) => s with { MaxConcurrentExecutions = v ?? 50 });
        Field(fields.WholeNumber("rate_limit_per_hour"), (s, v) => s with { RateLimitPerHour = v });
        Field(fields.Flag("retry_failed"), (s, v) => s with { RetryFailed = v ?? true });
        Field(fields.WholeNumber("max_retries"), (s, v) => s with { MaxRetries = v ?? 3 });
        _windowStart = fields.Time("execution_window_start");
        _windowEnd = fields.Time("execution_window_end");
        _changes.Add(WithWindow);
        Field(fields.Text("execution_timezone"), (s, v) => s with { ExecutionTimeZone = v ?? "America/Sao_Paulo" });
        Field(fields.Word<WindowTimeZoneMode>("window_time_zone_mode"), (s, v) => s with { WindowTimeZoneMode = v ?? default });
        Field(fields.Word<UnknownTimeZonePolicy>("unknown_time_zone"), (s, v) => s with { UnknownTimeZone = v ?? default });
        Field(fields.Flag("respect_opt_out"), (s, v) => s with { RespectOptOut = v ?? true });
        Field(fields.WholeNumber("priority"), (s, v) => s with { Priority = v ?? 0 });
        Field(fields.Text("language"), (s, v) => s with { Language = v });
        Field(Policy(fields), (s, v) => s with { WindowPolicy = v ?? WindowPolicy.Reject });
        Field(fields.Word<MissingVariablePolicy>("missing_variable_policy"), (s, v) => s with { MissingVariablePolicy = v ?? default });
        var expiry = WrittenText(fields, "expires_after");
        Field(fields.Duration("expires_after"), (s, v) => s with { ExpiresAfter = v, ExpiresAfterText = expiry });
        Field(Cap(fields), (s, v) => s with { FrequencyCap = v });
        Field(Budget(fields), (s, v) => s with { ErrorBudget = v });
        Field(fields.Word<OverlapPolicy>("overlap_policy"), (s, v) => s with { OverlapPolicy = v ?? OverlapPolicy.Queue });
    }

    private static JsonElement Empty { get; } = JsonElement.Parse("{}");

    /// <summary>What is wrong with the fields so far.</summary>
    public FieldErrors Errors => _fields.Errors;

    /// <summary>The settings with the given fields changed; without effects of its own.</summary>
    public AutomationSettings Apply(AutomationSettings settings) => _changes.Aggregate(settings, (present, change) => change(present));

    /// <summary>Ends the reading of a new automation and answers its settings.</summary>
    public AutomationSettings Create()
    {
        _fields.Require("name", "flow_id", "whatsapp_number_id");
        var settings = new AutomationSettings { Name = "", FlowId = default, ChannelId = "" };
        Finish(settings);
        return Apply(settings);
    }

    /// <summary>Ends the reading of a change to an automation.</summary>
    public void Change(AutomationSettings present)
    {
        _fields.RefuseNull("name", "flow_id", "whatsapp_number_id");
        Finish(present);
    }

    private static Dictionary<string, JsonElement> Mapping(JsonElement mapping) =>
        mapping.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);

    // Whoever fills a duration with zeros gets it back without them.
    private static string? WrittenText(JsonFields fields, string name) =>
        fields.Any(name).Value is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: <= LongestDuration } written ? written : null;

    private static Given<WindowPolicy?> Policy(JsonFields fields)
    {
        var given = fields.Any("window_policy");
        if (given.Value is not { } value)
        {
            return new(given.IsGiven, null);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            var policy = fields.Section("window_policy").Value!;
            policy.Require("template");
            var opening = policy.Section("template").Value is { } template ? FlowJson.ReadTemplate(template) : null;
            policy.RefuseUnknown();
            return new(true, new WindowPolicy(WindowPolicyKind.Template, opening));
        }

        if (value.ValueKind == JsonValueKind.String && JsonText.TryWord<WindowPolicyKind>(value.GetString(), out var kind) && kind != WindowPolicyKind.Template)
        {
            return new(true, new WindowPolicy(kind));
        }

        fields.Refuse("window_policy", "must be \"reject\", \"skip\", \"allow\" or {\"template\": {\"name\": …, \"language\": …, \"parameters\": …}}.");
        return new(true, null);
    }

    private static Given<FrequencyCap?> Cap(JsonFields fields)
    {
        var section = fields.Section("frequency_cap");
        if (section.Value is not { } cap)
        {
            return new(section.IsGiven, null);
        }

        cap.Require("count", "period");
        var value = new FrequencyCap(cap.WholeNumber("count").Value ?? 1, cap.Duration("period").Value ?? TimeSpan.FromDays(1)) { PeriodText = WrittenText(cap, "period") };
        cap.RefuseUnknown();
        return new(true, value);
    }

    private static Given<ErrorBudget?> Budget(JsonFields fields)
    {
        var section = fields.Section("error_budget");
        if (section.Value is not { } budget)
        {
            return new(section.IsGiven, null);
        }

        budget.Require("percent", "minimum");
        var value = new ErrorBudget(budget.Number("percent").Value ?? 1, budget.WholeNumber("minimum").Value ?? 1);
        budget.RefuseUnknown();
        return new(true, value);
    }

    private AutomationSettings WithWindow(AutomationSettings settings) => settings with
    {
        Window = (_windowStart.Or(settings.Window?.Start), _windowEnd.Or(settings.Window?.End)) is ({ } start, { } end) ? new ExecutionWindow(start, end) : null,
    };

    private void Finish(AutomationSettings present)
    {
        _fields.RefuseUnknown();
        var start = _windowStart.Or(present.Window?.Start);
        var end = _windowEnd.Or(present.Window?.End);
        if (start is null != end is null && !_fields.Errors.Has("execution_window_start") && !_fields.Errors.Has("execution_window_end"))
        {
            _fields.Refuse(start is null ? "execution_window_start" : "execution_window_end", "is required where the other end of the window is given; clear both for a window that is always open.");
        }
    }

    private void Field<T>(Given<T> given, Func<AutomationSettings, T, AutomationSettings> change)
    {
        if (given.IsGiven)
        {
            _changes.Add(settings => change(settings, given.Value));
        }
    }
}
