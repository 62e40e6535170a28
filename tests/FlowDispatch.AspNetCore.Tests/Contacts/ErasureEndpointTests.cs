using System.Net;
using System.Text.Json;

namespace FlowDispatch.AspNetCore.Tests.Contacts;

public sealed class ErasureEndpointTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Erasing_a_contact_takes_it_away_and_leaves_what_was_counted()
    {
        var api = host.Fresh();
        var (execution, contact) = await SentAsync(api, "5511988880001");
        (await api.PostAsync($"/contacts/{contact}/opt-out", """{"reason": "no more"}""")).Expect(HttpStatusCode.OK);

        var erased = (await api.PostAsync($"/contacts/{contact}/erase")).Expect(HttpStatusCode.OK);

        Assert.Equal(contact, erased.Id);
        Assert.True(erased["erased"].GetBoolean());
        Assert.Equal((1, 0), (erased["recipients"].GetInt32(), erased["in_flight"].GetInt32()));
        (await api.GetAsync($"/contacts/{contact}")).Expect(HttpStatusCode.NotFound);
        (await api.PostAsync($"/contacts/{contact}/erase")).Expect(HttpStatusCode.NotFound);

        var row = (await api.GetAsync($"/executions/{execution}/recipients")).Expect(HttpStatusCode.OK)["items"].EnumerateArray().Single();
        Assert.Equal(("sent", JsonValueKind.Null, JsonValueKind.Null), (row.GetProperty("status").GetString(), row.GetProperty("phone_number").ValueKind, row.GetProperty("contact_name").ValueKind));
        Assert.Equal("{}", row.GetProperty("variables").GetRawText());
        Assert.True((await api.GetAsync($"/executions/{execution}/verify")).Expect(HttpStatusCode.OK)["consistent"].GetBoolean());

        // The opt-out outlives the person's row: by the digest of the number alone.
        var again = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988880001", "name": "Ana"}""")).Expect(HttpStatusCode.Created);
        Assert.NotEqual(contact, again.Id);
        Assert.Equal((false, "erasure"), (again["opted_in"].GetBoolean(), again["opt_source"].GetString()));
    }

    [Fact]
    public async Task A_deleted_contact_can_be_erased()
    {
        var api = host.Fresh();
        var contact = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988880002", "name": "Ana"}""")).Expect(HttpStatusCode.Created).Id;
        (await api.DeleteAsync($"/contacts/{contact}")).Expect(HttpStatusCode.NoContent);

        Assert.True((await api.PostAsync($"/contacts/{contact}/erase", "{}")).Expect(HttpStatusCode.OK)["erased"].GetBoolean());

        Assert.True((await api.PostAsync("/contacts", """{"whatsapp_id": "5511988880002"}""")).Expect(HttpStatusCode.Created)["opted_in"].GetBoolean());
    }

    [Fact]
    public async Task It_takes_an_admin_of_the_contacts_own_organization_and_no_fields()
    {
        var api = host.Fresh();
        var contact = (await api.PostAsync("/contacts", """{"whatsapp_id": "5511988880003"}""")).Expect(HttpStatusCode.Created).Id;

        (await api.As("operator").PostAsync($"/contacts/{contact}/erase")).Expect(HttpStatusCode.Forbidden);
        (await host.Fresh().PostAsync($"/contacts/{contact}/erase")).Expect(HttpStatusCode.NotFound);
        (await api.PostAsync("/contacts/nobody/erase")).Expect(HttpStatusCode.NotFound);
        (await api.PostAsync($"/contacts/{contact}/erase", """{"reason": "because"}""")).Expect(HttpStatusCode.UnprocessableEntity);

        (await api.GetAsync($"/contacts/{contact}")).Expect(HttpStatusCode.OK);
    }

    private async Task<(string Execution, string Contact)> SentAsync(ApiClient api, string number)
    {
        var contact = (await api.PostAsync("/contacts", $$"""{"whatsapp_id": "{{number}}", "name": "Ana"}""")).Expect(HttpStatusCode.Created).Id;
        var automation = await api.AutomationAsync($$"""
            "audience_config":{"contact_ids":["{{contact}}"]}
            """);
        var execution = (await api.PostAsync($"/flow-automations/{automation}/start")).Expect(HttpStatusCode.Accepted).Id;
        var planned = Arrange.Person("Ana") with { ContactId = new(Guid.Parse(contact)), PhoneNumber = number };
        var recipient = Assert.Single(await host.PlanAsync(api, execution, planned));
        await host.AcceptAsync(recipient);
        return (execution, contact);
    }
}
