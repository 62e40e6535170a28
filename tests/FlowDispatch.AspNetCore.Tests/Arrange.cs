using System.Net;
using System.Text.Json;
using FlowDispatch.Contacts;
using FlowDispatch.Executions;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.AspNetCore.Tests;

/// <summary>Brings an organization into the state that a test begins with.</summary>
internal static class Arrange
{
    public const string Message = """[{"id":"start","type":"start","next":"hello"},{"id":"hello","type":"message","text":"Olá {{ name }}","next":"end"},{"id":"end","type":"end"}]""";

    public const string Template = """[{"id":"start","type":"start","next":"t"},{"id":"t","type":"template","template":{"name":"news","language":"pt_BR","parameters":["{{ name }}"]},"next":"end"},{"id":"end","type":"end"}]""";

    public static async Task<string> FlowAsync(this ApiClient client, string nodes = Message) =>
        (await client.PostAsync("/flows", $$"""{"name":"Fluxo","nodes":{{nodes}}}""")).Expect(HttpStatusCode.Created).Id;

    /// <summary>The least body of an automation, with more fields where given.</summary>
    public static string Automation(this ApiClient client, string flow, string more = "", string? channel = null) =>
        $$"""{"name":"Promoção","flow_id":"{{flow}}","whatsapp_number_id":"{{channel ?? client.Free}}"{{(more.Length == 0 ? "" : "," + more)}}}""";

    public static async Task<string> AutomationAsync(this ApiClient client, string more = "", string nodes = Message, string? channel = null) =>
        (await client.PostAsync("/flow-automations", client.Automation(await client.FlowAsync(nodes), more, channel))).Expect(HttpStatusCode.Created).Id;

    /// <summary>Contacts of the client's organization; the first has the first name.</summary>
    public static async Task<IReadOnlyList<Contact>> ContactsAsync(this ApiHost host, ApiClient client, params string[] names)
    {
        var upserts = names.Select((name, at) => new ContactUpsert { WhatsAppId = $"55118{at:D8}", Name = name }).ToList();
        var results = await host.Store.Contacts.UpsertAsync(client.Organization, upserts, ContactUpdateMode.Overwrite, revive: true, TestContext.Current.CancellationToken);
        return [.. results.Select(r => r.Contact)];
    }

    /// <summary>A started automation for these contacts.</summary>
    public static async Task<(string Automation, string Execution)> StartedAsync(this ApiHost host, ApiClient client, params string[] names)
    {
        var contacts = await host.ContactsAsync(client, names);
        var ids = JsonSerializer.Serialize(contacts.Select(c => c.Id.ToString()));
        var automation = await client.AutomationAsync($$$"""
            "audience_config":{"contact_ids":{{{ids}}}},"variable_mapping":{"name":"{{ contact.name }}"}
            """);
        return (automation, (await client.PostAsync($"/flow-automations/{automation}/start")).Expect(HttpStatusCode.Accepted).Id);
    }

    /// <summary>Plans an execution as the engine would, with these recipients.</summary>
    public static async Task<IReadOnlyList<Recipient>> PlanAsync(this ApiHost host, ApiClient client, string execution, params PlannedRecipient[] recipients)
    {
        var cancellation = TestContext.Current.CancellationToken;
        while (await host.Store.Executions.LeasePlanAsync("test", TimeSpan.FromMinutes(1), cancellation) is { } lease)
        {
            if (lease.Execution.Id.ToString() == execution)
            {
                var batch = new PlanBatch { Recipients = recipients, Position = "1", Finished = true, SliceSize = 10, At = host.Clock.GetUtcNow() };
                Assert.True(await host.Store.Executions.AppendPlanAsync(lease, batch, cancellation));
                break;
            }
        }

        Assert.True(ExecutionId.TryParse(execution, out var id));
        return (await host.Store.Recipients.ListAsync(client.Organization, id, RecipientFilter.All, new PageRequest(500), cancellation)).Items;
    }

    public static PlannedRecipient Person(string name, RecipientStatus status = RecipientStatus.Pending, string? code = null) => new()
    {
        ContactId = new ContactId(Guid.CreateVersion7()),
        PhoneNumber = "5511888888888",
        ContactName = name,
        Variables = new Dictionary<string, string> { ["name"] = name },
        Status = status,
        ErrorCode = code,
        ErrorMessage = code is null ? null : "Because.",
    };

    public static Task MoveAsync(this ApiHost host, Recipient recipient, Func<Recipient, RecipientChange> move) =>
        host.Store.Recipients.TransitionAsync([new(recipient.Id, s => move(s.Recipient))], [], TestContext.Current.CancellationToken);

    public static Task AcceptAsync(this ApiHost host, Recipient recipient) =>
        host.MoveAsync(recipient, r => RecipientRules.Accept(r, 1, $"wamid.{r.Id}", host.Clock.GetUtcNow(), new RunStep.End("end", "completed")));
}
