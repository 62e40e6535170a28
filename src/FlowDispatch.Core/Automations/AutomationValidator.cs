using System.Text.Json;
using FlowDispatch.Audiences;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Flows;
using FlowDispatch.Scheduling;
using FlowDispatch.Storage;
using FlowDispatch.Templating;
using FlowDispatch.Validation;
using FlowDispatch.Variables;

namespace FlowDispatch.Automations;

/// <summary>Holds an automation's settings against what is there: its flow, its channel, its audience, its templates, every range.</summary>
/// <param name="store">Where flows and uploads are.</param>
/// <param name="channels">The channels.</param>
/// <param name="audiences">The audiences by type.</param>
/// <param name="engine">Reads templates.</param>
/// <param name="sources">The host's variable sources.</param>
/// <param name="flows">Judges the templates of a window policy.</param>
public sealed class AutomationValidator(IStore store, ChannelRegistry channels, AudienceDirectory audiences, ITemplateEngine engine, VariableSourceDirectory sources, FlowValidator flows)
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(366);

    private static readonly string[] LaterTriggers = ["scheduled", "cron", "webhook", "event"];

    private static readonly string[] LaterAudiences = ["tags", "segment"];

    private readonly VariableAnalyst _variables = new(store, engine, sources);

    /// <summary>Adds what is wrong by the field's path, and says what is doubtful.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<AutomationWarning>> CheckAsync(
        string organizationId, AutomationSettings settings, FieldErrors errors, CancellationToken cancellationToken = default) =>
        CheckAsync(organizationId, settings, errors, withAudience: true, cancellationToken);

    /// <summary>The same, where a run takes nobody from the audience also without it.</summary>
    internal async Task<IReadOnlyList<AutomationWarning>> CheckAsync(
        string organizationId, AutomationSettings settings, FieldErrors errors, bool withAudience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(errors);
        CheckTexts(settings, errors);
        CheckLimits(settings, errors);
        CheckTimes(settings, errors);
        if (channels.Find(organizationId, settings.ChannelId) is null)
        {
            errors.Add("whatsapp_number_id", "names no channel of this organization; GET /whatsapp-numbers lists them.");
        }

        CheckTrigger(settings, errors);
        if (withAudience)
        {
            await CheckAudienceAsync(organizationId, settings, errors, cancellationToken).ConfigureAwait(false);
        }

        var warnings = _variables.Compile(settings, errors) is { } mapping
            ? await _variables.WarningsAsync(organizationId, settings, mapping, cancellationToken).ConfigureAwait(false)
            : [];
        if (settings.WindowPolicy is { Kind: WindowPolicyKind.Template, Opening: var opening })
        {
            CheckOpening(opening, errors);
        }

        var flow = await store.Flows.FindAsync(organizationId, settings.FlowId, version: null, cancellationToken).ConfigureAwait(false);
        if (flow is null)
        {
            errors.Add("flow_id", "names no flow of this organization.");
            return warnings;
        }

        return [.. warnings, .. _variables.Unsupplied(settings, flow.Nodes)];
    }

    /// <summary>What each template of an automation reads and uses: those of its mapping, of its flow as it is now, and of its window policy.</summary>
    /// <param name="organizationId">The tenant.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<TemplateUse>> FindUsesAsync(string organizationId, AutomationSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var flow = await store.Flows.FindAsync(organizationId, settings.FlowId, version: null, cancellationToken).ConfigureAwait(false);
        return _variables.Uses(settings, flow?.Nodes ?? []);
    }

    /// <summary>The variable sources that these settings read; none where the mapping can't be compiled.</summary>
    internal IReadOnlyList<string> FindSources(AutomationSettings settings) =>
        _variables.Compile(settings, new FieldErrors()) is { } mapping ? sources.UsedBy(mapping) : [];

    private static void CheckTexts(AutomationSettings settings, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(settings.Name) || settings.Name.Length > 255)
        {
            errors.Add("name", "must have from 1 to 255 characters and not be blank.");
        }

        if (settings.Description?.Length > 5_000)
        {
            errors.Add("description", "must have at most 5,000 characters.");
        }

        if (settings.ChatbotId?.Length > 255)
        {
            errors.Add("chatbot_id", "must have at most 255 characters.");
        }
    }

    private static void CheckLimits(AutomationSettings settings, FieldErrors errors)
    {
        Range("max_concurrent_executions", settings.MaxConcurrentExecutions, 1, 500, errors);
        Range("rate_limit_per_hour", settings.RateLimitPerHour ?? 1, 1, 1_000_000, errors);
        Range("max_retries", settings.MaxRetries, 0, 10, errors);
        Range("priority", settings.Priority, -100, 100, errors);
        if (settings.Language is { } language && !LanguageTag.IsValid(language))
        {
            errors.Add("language", $"\"{Short(language)}\" is no language; it must be a BCP 47 tag like pt-BR.");
        }

        if (settings.FrequencyCap is { } cap)
        {
            Range("frequency_cap.count", cap.Count, 1, 1_000, errors);
            Time("frequency_cap.period", cap.Period, errors);
        }

        if (settings.ErrorBudget is { } budget)
        {
            Range("error_budget.minimum", budget.Minimum, 1, 1_000_000, errors);
            if (!(budget.Percent is > 0 and <= 100))
            {
                errors.Add("error_budget.percent", "must be more than 0 and at most 100.");
            }
        }
    }

    private static void CheckTimes(AutomationSettings settings, FieldErrors errors)
    {
        if (settings.Window is { } window && window.Start == window.End)
        {
            errors.Add("execution_window_end", "must differ from execution_window_start; leave both out for a window that is always open.");
        }

        if (LocalTime.FindZone(settings.ExecutionTimeZone) is not { HasIanaId: true })
        {
            errors.Add("execution_timezone", $"\"{Short(settings.ExecutionTimeZone)}\" is no IANA time zone, like \"America/Sao_Paulo\".");
        }

        if (settings.ExpiresAfter is { } lifetime)
        {
            Time("expires_after", lifetime, errors);
        }
    }

    private static void CheckTrigger(AutomationSettings settings, FieldErrors errors)
    {
        if (settings.TriggerType != "manual")
        {
            errors.Add("trigger_type", LaterTriggers.Contains(settings.TriggerType, StringComparer.Ordinal)
                ? $"\"{settings.TriggerType}\" is not fired by this version yet, which starts automations by hand: \"manual\"."
                : $"\"{Short(settings.TriggerType)}\" is no trigger; this version knows \"manual\".");
        }
        else if (settings.TriggerConfig.ValueKind != JsonValueKind.Object)
        {
            errors.Add("trigger_config", "must be an object.");
        }
        else
        {
            foreach (var property in settings.TriggerConfig.EnumerateObject())
            {
                errors.Add($"trigger_config.{property.Name}", "is unknown: the trigger \"manual\" takes no settings.");
            }
        }
    }

    private async Task CheckAudienceAsync(string organizationId, AutomationSettings settings, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (LaterAudiences.Contains(settings.AudienceType, StringComparer.Ordinal))
        {
            errors.Add("audience_type", $"\"{settings.AudienceType}\" is not resolved by this version yet, which knows custom, all, uploaded and those that the host registered.");
        }
        else if (audiences.Find(settings.AudienceType) is not { } audience)
        {
            errors.Add("audience_type", $"\"{Short(settings.AudienceType)}\" is no audience; there are custom, all, uploaded and those that the host registered.");
        }
        else
        {
            foreach (var problem in await audience.ValidateAsync(organizationId, settings.AudienceConfig, cancellationToken).ConfigureAwait(false))
            {
                errors.Add(problem.Field.Length == 0 ? "audience_config" : $"audience_config.{problem.Field}", problem.Message);
            }
        }
    }

    private void CheckOpening(TemplateContent? opening, FieldErrors errors)
    {
        if (opening is null)
        {
            errors.Add("window_policy", "of the kind template needs the template that opens.");
        }
        else
        {
            flows.CheckTemplate(opening, errors, "window_policy.template");
        }
    }

    private static void Range(string path, int value, int least, int most, FieldErrors errors)
    {
        if (value < least || value > most)
        {
            errors.Add(path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"is {value:N0}; it must be from {least:N0} to {most:N0}."));
        }
    }

    private static void Time(string path, TimeSpan value, FieldErrors errors)
    {
        if (value <= TimeSpan.Zero || value > LongestTime)
        {
            errors.Add(path, "must be more than zero and at most 366 days.");
        }
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
