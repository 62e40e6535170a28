using System.Net;
using System.Text.Json;
using FlowDispatch.Contacts;

namespace FlowDispatch.AspNetCore.Tests.Executions;

public sealed class PreviewTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_preview_tells_who_gets_what_and_keeps_nothing()
    {
        var client = host.Fresh();
        var contacts = await host.ContactsAsync(client, "Ana", "Bia", "Caio");
        await host.Store.Contacts.UpdateAsync(client.Organization, contacts[1].Id, c => c with { Blocked = true }, TestContext.Current.CancellationToken);
        var unknown = Guid.CreateVersion7();
        var ids = JsonSerializer.Serialize(contacts.Select(c => c.Id.ToString()).Append(unknown.ToString()).Append(contacts[0].Id.ToString()));
        var automation = await client.AutomationAsync($$$"""
            "audience_config":{"contact_ids":{{{ids}}}},"variable_mapping":{"name":"{{ contact.name | upcase }}"},"rate_limit_per_hour":3601
            """);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview", """{"limit":2}""")).Expect(HttpStatusCode.OK);

        var now = host.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var then = host.Clock.GetUtcNow().AddSeconds(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var hour = host.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH':00:00Z'", System.Globalization.CultureInfo.InvariantCulture);
        var expected = $$"""
            {"audience":{"total":4,"eligible":2,"skipped":[{"code":"blocked","count":1},{"code":"not_found","count":1}],"failed":[]},
             "recipients":[
              {"contact_id":"{{contacts[0].Id}}","phone_number":"{{contacts[0].WhatsAppId}}","contact_name":"Ana","status":"pending","error_code":null,"error_message":null,"variables":{"name":"ANA"},
               "messages":[{"node":"hello","type":"text","text":"Olá ANA","template":null}],"errors":[]},
              {"contact_id":"{{contacts[1].Id}}","phone_number":"{{contacts[1].WhatsAppId}}","contact_name":"Bia","status":"skipped","error_code":"blocked","error_message":"The contact is blocked.","variables":{},
               "messages":[],"errors":[]}],
             "missing_variables":[],"variable_sources":[],"template_errors":[],"languages":[],
             "worst":{"longest":[
               {"contact_id":"{{contacts[2].Id}}","phone_number":"{{contacts[2].WhatsAppId}}","contact_name":"Caio","node":"hello","variables":[],"text":"Olá CAIO","characters":8,"signs":[]},
               {"contact_id":"{{contacts[0].Id}}","phone_number":"{{contacts[0].WhatsAppId}}","contact_name":"Ana","node":"hello","variables":[],"text":"Olá ANA","characters":7,"signs":[]}],
              "empty":{"count":0,"rows":[]},"odd_texts":{"count":0,"rows":[]} },
             "forecast":{"messages":2,"messages_per_hour":3600,"first_message_at":"{{now}}","estimated_completion_time":"{{then}}","expired":0,"hours":[{"hour":"{{hour}}","messages":2}],"hours_truncated":false} }
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), preview.Json), preview.Text);
        Assert.Equal(0, (await client.GetAsync($"/flow-automations/{automation}/executions"))["total"].GetInt32());
        Assert.Equal("draft", (await client.GetAsync($"/flow-automations/{automation}"))["status"].GetString());
    }

    [Fact]
    public async Task Who_gets_which_translation_is_counted_and_shown()
    {
        var client = host.Fresh();
        var contacts = await host.ContactsAsync(client, "Ana", "Bia", "Caio");
        await host.Store.Contacts.UpdateAsync(client.Organization, contacts[1].Id, c => c with { Language = "en-GB" }, TestContext.Current.CancellationToken);
        var automation = await client.AutomationAsync(
            """
            "audience_type":"all","language":"es","variable_mapping":{"name":"{{ contact.name }}"}
            """,
            """
            [{"id":"start","type":"start","next":"hello"},{"id":"hello","type":"message","text":"Olá","translations":{"en":"Hello {{name}}"},"next":"end"},{"id":"end","type":"end"}]
            """);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview", "{}")).Expect(HttpStatusCode.OK);

        Assert.Equal("""[{"language":null,"count":2},{"language":"en","count":1}]""", preview["languages"].GetRawText());
        Assert.Equal(["Hello Bia", "Olá", "Olá"], preview["recipients"].EnumerateArray().Select(r => r.GetProperty("messages")[0].GetProperty("text").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal("es", (await client.GetAsync($"/flow-automations/{automation}"))["language"].GetString());
    }

    [Fact]
    public async Task Translations_that_can_not_be_sent_are_refused_by_their_place()
    {
        var answer = await host.Fresh().PostAsync("/flows", """
            {"name":"F","nodes":[{"id":"start","type":"start","next":"hello"},
             {"id":"hello","type":"message","text":"Olá","translations":{"en":"Hello {{ name","xx!":"a","fr":" ","es":1},"next":"end"},{"id":"end","type":"end"}]}
            """);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        var fields = answer["errors"].EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal);
        Assert.Equal(["nodes[1].translations.en", "nodes[1].translations.es", "nodes[1].translations.fr", "nodes[1].translations.xx!"], fields);
    }

    [Fact]
    public async Task People_who_are_no_contacts_yet_are_counted_and_not_made()
    {
        var client = host.Fresh();
        var automation = await client.AutomationAsync("""
            "audience_type":"lapsed","audience_config":{"count":2500},"variable_mapping":{"name":"{{ contact.name }}"}
            """);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK);

        Assert.Equal(2500, preview["audience"].GetProperty("eligible").GetInt32());
        Assert.Equal(10, preview["recipients"].GetArrayLength());
        Assert.Equal(JsonValueKind.Null, preview["recipients"][0].GetProperty("contact_id").ValueKind);
        Assert.Equal("Olá Pessoa 1", preview["recipients"][0].GetProperty("messages")[0].GetProperty("text").GetString());
        Assert.Empty(await host.Store.Contacts.FindByNumberAsync(client.Organization, ["5511900000001"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_text_that_can_not_be_rendered_is_an_error_of_that_recipient()
    {
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana", "5");
        const string Nodes = """[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"{{ 10 | divided_by: name }}","next":"e"},{"id":"e","type":"end"}]""";
        var automation = await client.AutomationAsync("""
            "audience_type":"all","variable_mapping":{"name":"{% if contact.name == 'Ana' %}0{% else %}{{ contact.name }}{% endif %}"}
            """, Nodes);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK);
        var people = preview["recipients"].EnumerateArray()
            .ToDictionary(p => p.GetProperty("contact_name").GetString()!);

        Assert.Equal("m", people["Ana"].GetProperty("errors")[0].GetProperty("node").GetString());
        Assert.Equal(0, people["Ana"].GetProperty("messages").GetArrayLength());
        Assert.Equal("2", people["5"].GetProperty("messages")[0].GetProperty("text").GetString());
        Assert.Equal(("failed", "template_error"), (people["Ana"].GetProperty("status").GetString(), people["Ana"].GetProperty("error_code").GetString()));
        Assert.Equal((2, 1), (preview["audience"].GetProperty("total").GetInt32(), preview["audience"].GetProperty("eligible").GetInt32()));
        Assert.Equal("""[{"code":"template_error","count":1}]""", preview["audience"].GetProperty("failed").GetRawText());
        Assert.Equal(1, preview["forecast"].GetProperty("messages").GetInt32());
    }

    [Fact]
    public async Task The_window_policys_opening_goes_first_and_the_window_moves_the_forecast()
    {
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana", "Bia");
        var automation = await client.AutomationAsync("""
            "audience_type":"all","variable_mapping":{"name":"{{ contact.name }}"},"rate_limit_per_hour":1,"execution_timezone":"UTC",
            "execution_window_start":"09:00","execution_window_end":"10:00","window_policy":{"template":{"name":"oi","language":"pt_BR","parameters":{"who":"{{ name }}"}}}
            """, Arrange.Message, client.WhatsApp);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            """[{"node":null,"type":"template","text":null,"template":{"name":"oi","language":"pt_BR","parameters":{"who":"Ana"}}},{"node":"hello","type":"text","text":"Olá Ana","template":null}]""",
            preview["recipients"].EnumerateArray().Single(r => r.GetProperty("contact_name").GetString() == "Ana").GetProperty("messages").GetRawText());
        Assert.Equal("2026-03-03T09:00:00Z", preview["forecast"].GetProperty("first_message_at").GetString());
        Assert.Equal("2026-03-04T09:00:00Z", preview["forecast"].GetProperty("estimated_completion_time").GetString());
    }

    [Fact]
    public async Task Whose_conversation_is_open_is_not_skipped_and_needs_no_opening()
    {
        var client = host.Fresh();
        var contacts = await host.ContactsAsync(client, "Ana", "Bia");
        await host.Store.Contacts.TouchConversationsAsync(client.Organization, client.WhatsApp, new Dictionary<ContactId, DateTimeOffset> { [contacts[0].Id] = host.Clock.GetUtcNow() }, TestContext.Current.CancellationToken);
        const string People = "\"audience_type\":\"all\",\"variable_mapping\":{\"name\":\"{{ contact.name }}\"},";
        var skips = await client.AutomationAsync(People + "\"window_policy\":\"skip\"", Arrange.Message, client.WhatsApp);
        var opens = await client.AutomationAsync(People + "\"window_policy\":{\"template\":{\"name\":\"oi\",\"language\":\"pt_BR\"}}", Arrange.Message, client.WhatsApp);

        var skipping = (await client.PostAsync($"/flow-automations/{skips}/preview")).Expect(HttpStatusCode.OK);
        var opening = (await client.PostAsync($"/flow-automations/{opens}/preview")).Expect(HttpStatusCode.OK);

        Assert.Equal("""[{"code":"conversation_closed","count":1}]""", skipping["audience"].GetProperty("skipped").GetRawText());
        Assert.Equal(1, skipping["forecast"].GetProperty("messages").GetInt32());
        Assert.Equal(["text"], Types(opening, "Ana"));
        Assert.Equal(["template", "text"], Types(opening, "Bia"));
        Assert.Equal(2, opening["forecast"].GetProperty("messages").GetInt32());

        static IEnumerable<string?> Types(ApiAnswer preview, string name) => preview["recipients"].EnumerateArray()
            .Single(r => r.GetProperty("contact_name").GetString() == name).GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Who_is_over_the_frequency_cap_is_foreseen_when_it_has_room()
    {
        var client = host.Fresh();
        var contacts = await host.ContactsAsync(client, "Ana", "Bia", "Caio");
        await host.Store.Limits.CountAsync($"cap:{client.Free}:{contacts[0].Id}", "message", 1, TimeSpan.FromDays(2), TestContext.Current.CancellationToken);
        var automation = await client.AutomationAsync("""
            "audience_type":"all","variable_mapping":{"name":"{{ contact.name }}"},"rate_limit_per_hour":3601,"frequency_cap":{"count":1,"period":"PT48H"}
            """);

        var forecast = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK)["forecast"];

        // Two seconds later than the cap alone has it: by so much a hand-over may follow its count.
        Assert.Equal(host.Clock.GetUtcNow().AddDays(2).AddSeconds(2), forecast.GetProperty("estimated_completion_time").GetDateTimeOffset());
        Assert.Equal([2, 1], forecast.GetProperty("hours").EnumerateArray().Select(h => h.GetProperty("messages").GetInt32()).Where(m => m > 0));
        Assert.Equal(49, forecast.GetProperty("hours").GetArrayLength());
    }

    [Fact]
    public async Task Who_would_come_too_late_is_foreseen_as_expired_and_each_goes_by_their_own_clock()
    {
        // It is 15:00 UTC: 16:00 in Germany, and midnight in Japan.
        var client = host.Fresh();
        var people = Enumerable.Range(0, 3).Select(i => $"491511234567{i}").Append("817012345678").Select(n => new ContactUpsert { WhatsAppId = n, Name = n }).ToList();
        await host.Store.Contacts.UpsertAsync(client.Organization, people, ContactUpdateMode.Fill, revive: false, TestContext.Current.CancellationToken);
        var now = host.Clock.GetUtcNow();
        var berlin = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(now, "Europe/Berlin");
        var automation = await client.AutomationAsync($$$"""
            "audience_type":"all","variable_mapping":{"name":"x"},"rate_limit_per_hour":1,"expires_after":"PT90M","window_time_zone_mode":"recipient",
            "execution_window_start":"{{{berlin:HH:mm}}}","execution_window_end":"{{{berlin.AddHours(3):HH:mm}}}"
            """);

        var preview = (await client.PostAsync($"/flow-automations/{automation}/preview")).Expect(HttpStatusCode.OK);

        Assert.Equal(4, preview["audience"].GetProperty("eligible").GetInt32());
        Assert.Equal((2, 2), (preview["forecast"].GetProperty("messages").GetInt32(), preview["forecast"].GetProperty("expired").GetInt32()));
        Assert.Equal(now.AddMinutes(90), preview["forecast"].GetProperty("estimated_completion_time").GetDateTimeOffset());
    }

    [Fact]
    public async Task What_a_start_would_refuse_a_preview_refuses_too()
    {
        var client = host.Fresh();
        await host.ContactsAsync(client, "Ana");
        var automation = await client.AutomationAsync("\"audience_type\":\"all\"", Arrange.Message, client.WhatsApp);
        var path = $"/flow-automations/{automation}/preview";

        Assert.Equal(["window_policy"], (await client.PostAsync(path)).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        Assert.Equal(["limit"], (await client.PostAsync(path, """{"limit":101}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
        (await client.As("viewer").PostAsync(path)).ExpectProblem(HttpStatusCode.Forbidden);
        (await host.Fresh().PostAsync(path)).ExpectProblem(HttpStatusCode.NotFound);
    }
}
