using System.Text.Json;
using FlowDispatch.Automations;
using FlowDispatch.Channels;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Templating;
using Microsoft.Extensions.Time.Testing;

namespace FlowDispatch.Core.Tests.Templating;

/// <summary>Engines, people and mappings for the tests of this folder.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 7, 29, 12, 0, 0, TimeSpan.Zero);

    public static ITemplateEngine Engine(Action<TemplateOptions>? configure = null)
    {
        var options = new TemplateOptions();
        configure?.Invoke(options);
        return new LiquidTemplateEngine(options, new FakeTimeProvider(Noon));
    }

    public static Contact Contact(string? customFields = null, string? name = "maria da silva") => new()
    {
        Id = new(Guid.Parse("0199c0de-0000-7000-8000-000000000001")),
        OrganizationId = "org",
        WhatsAppId = "5511988887777",
        Name = name,
        Email = "maria@example.com",
        Tags = ["vip", "são paulo"],
        Language = "pt-BR",
        TimeZone = "America/Sao_Paulo",
        CustomFields = FieldValues.Parse(customFields),
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };

    public static VariableScope Scope(Contact? contact = null, string? row = null, string? payload = null) => new()
    {
        Contact = contact ?? Contact(),
        Row = row is null ? null : FieldValues.Parse(row),
        Event = payload is null ? null : FieldValues.Parse(payload),
        AutomationId = new AutomationId(Guid.Parse("0199c0de-0000-7000-8000-000000000002")),
        AutomationName = "Julho",
        ExecutionId = new ExecutionId(Guid.Parse("0199c0de-0000-7000-8000-000000000003")),
        Channel = new Channel { Id = "ch-1", OrganizationId = "org", Kind = "whatsapp", ProviderId = "1", DisplayName = "Loja" },
    };

    public static VariableMapping Mapping(string json, ITemplateEngine? engine = null) =>
        VariableMapping.Compile(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!, engine ?? Engine());

    /// <summary>The text of one template as a mapping's only variable.</summary>
    public static string Resolved(string template, VariableScope? scope = null) =>
        Mapping(JsonSerializer.Serialize(new { x = template })).Resolve(scope ?? Scope()).Values["x"];

    /// <summary>The text of one template as the engine renders it.</summary>
    public static string Rendered(string template, string variables = "{}", Action<TemplateOptions>? configure = null) =>
        Engine(configure).Parse(template).Render(FieldValues.Parse(variables));
}
