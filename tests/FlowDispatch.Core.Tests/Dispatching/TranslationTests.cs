using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Flows;
using FlowDispatch.Sending;

namespace FlowDispatch.Core.Tests.Dispatching;

public sealed class TranslationTests
{
    private static readonly FlowNode[] Flow =
    [
        new FlowNode.Start("start", "hello"),
        new FlowNode.Message("hello", "Olá {{name}}", "end") { Translations = new Dictionary<string, string> { ["en"] = "Hello {{name}}", ["es"] = "Hola {{name}}" } },
        new FlowNode.End("end", null),
    ];

    [Fact]
    public async Task Each_person_is_written_to_in_their_language_as_it_was_when_they_were_planned()
    {
        await using var host = new EngineHost();
        await SpeakAsync(host, ("5511900000001", "en-US"), ("5511900000002", "pt-BR"), ("5511900000003", null), ("5511900000004", "fr"));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { Language = "es" }), Flow);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(
            ["5511900000001 Hello P", "5511900000002 Hola P", "5511900000003 Hola P", "5511900000004 Hola P"],
            Texts(host));
        Assert.Equal("en-US", (await host.RecipientsAsync(execution)).Single(r => r.PhoneNumber == "5511900000001").Variables["language"]);
    }

    [Fact]
    public async Task A_variable_called_language_says_it_instead()
    {
        await using var host = new EngineHost();
        await SpeakAsync(host, ("5511900000001", "en-US"));
        await host.StartAsync();

        var mapping = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"name":"P","language":"es"}""")!;
        var execution = await host.BeginAsync(EngineHost.Settings(s => s with { VariableMapping = mapping }), Flow);
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(["5511900000001 Hola P"], Texts(host));
    }

    [Fact]
    public async Task A_flow_without_translations_adds_no_variable()
    {
        await using var host = new EngineHost();
        await SpeakAsync(host, ("5511900000001", "en-US"));
        await host.StartAsync();

        var execution = await host.BeginAsync(EngineHost.Settings());
        await host.UntilAsync(execution, ExecutionStatus.Completed);

        Assert.Equal(["name"], Assert.Single(await host.RecipientsAsync(execution)).Variables.Keys);
    }

    private static async Task SpeakAsync(EngineHost host, params (string Number, string? Language)[] people) => await host.Store.Contacts.UpsertAsync(
        EngineHost.Organization,
        [.. people.Select(p => new ContactUpsert { WhatsAppId = p.Number, Name = "P", Language = p.Language })],
        ContactUpdateMode.Fill,
        revive: false,
        EngineHost.Cancellation);

    private static IEnumerable<string> Texts(EngineHost host) =>
        host.HandedOver.Select(h => $"{h.Message.To} {((MessageContent.Text)h.Message.Content).Body}").Order(StringComparer.Ordinal);
}
